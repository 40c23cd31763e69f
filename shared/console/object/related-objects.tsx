import { useState } from 'react';
import type { ColumnDescriptor } from '../../schema/columns.ts';
import { rowsOfReply, runFunction, isSuccess, type OutputRow } from '../api/calls.ts';
import { getJson } from '../api/http.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { conditionText } from '../entity/filter/clause.ts';
import { CallError } from '../form/result/call-error.tsx';
import { entityOfId } from '../format/ids.ts';
import { isSecretValue } from '../format/secrets.ts';
import { isIdLike } from '../format/words.ts';
import { useCatalog } from '../shell/console-context.tsx';
import { hashOf } from '../state/route.ts';
import { EmptyState, LoadState } from '../ui/states.tsx';
import { RelatedTable } from './related-table.tsx';

interface RelatedObjectsProps {
  readonly entity: string;
  readonly id: string;
  readonly row: OutputRow;
  readonly columns: readonly ColumnDescriptor[];
}

/** A column of an entity that contains ids of the shown object's entity, and by which Stripe can filter. */
interface Referrer {
  readonly entity: string;
  readonly column: ColumnDescriptor;
}

const readReferrers = (entity: string): Promise<{ referrers: readonly Referrer[] }> =>
  getJson(`console/references/${encodeURIComponent(entity)}`);

/**
 * Links to common lists, filtered by the id of an object. A list is read from Stripe only when the user opens the link.
 */
export function ReferrerLinks({ entity, id }: { readonly entity: string; readonly id: string }) {
  const { data } = useLoaded(`references ${entity}`, () => readReferrers(entity));
  const referrers = sortReferrers(data?.referrers ?? []).filter(({ entity: name }) => COMMON_REFERRERS.includes(name));
  if (referrers.length === 0) return null;
  return (
    <ul className="chips" aria-label="Lists that name it">
      {referrers.map(({ entity: name, column }) => (
        <li key={name + column.name}>
          <a className="chip" href={hashOf(['entity', name], { filter: conditionText(column, '=', id) })}>
            {name} rows
          </a>
        </li>
      ))}
    </ul>
  );
}

/** The objects whose ids this object contains, and the lists of objects that contain its id. */
export function RelatedObjects({ entity, id, row, columns }: RelatedObjectsProps) {
  const { entities } = useCatalog();
  const { data, error, reload } = useLoaded(`references ${entity}`, () => readReferrers(entity));
  const references = columns.flatMap(({ name, reference, key }) => {
    const { [name]: value } = row;
    if (key || typeof value !== 'string' || isSecretValue(name, value)) return [];
    const target = reference ?? (isIdLike(value) ? entityOfId(value, entities) : undefined);
    return target === undefined ? [] : [{ field: name, id: value, entity: target }];
  });
  return (
    <>
      <h2>Refers to</h2>
      {references.length === 0 ? (
        <p className="muted">No other object.</p>
      ) : (
        <ReferencedObjects id={id} references={references} />
      )}
      <h2>Referred to by</h2>
      {data === undefined && <LoadState what="related objects" error={error} onRetry={reload} />}
      {data?.referrers.length === 0 && <EmptyState title={`No list of Stripe is filtered by ${entity}`} />}
      {sortReferrers(data?.referrers ?? []).map((referrer, index) => (
        <ReferringRows
          key={referrer.entity + referrer.column.name}
          referrer={referrer}
          id={id}
          open={index < MAX_EAGER_READS && COMMON_REFERRERS.includes(referrer.entity)}
        />
      ))}
    </>
  );
}

/**
 * Maximum number of lists, and of referenced objects, that are read when the tab opens. Each needs one request to
 * Stripe.
 */
const MAX_EAGER_READS = 4;

interface ReferencedObjectsProps {
  /** The id of the shown object, which contains the ids in `references`. */
  readonly id: string;
  readonly references: readonly { readonly field: string; readonly id: string; readonly entity: string }[];
}

/**
 * The objects whose ids the shown object contains. The first MAX_EAGER_READS are read to show their amounts and
 * statuses.
 */
function ReferencedObjects({ id, references }: ReferencedObjectsProps) {
  const { entities } = useCatalog();
  const { data: rows } = useLoaded(`named by ${id}`, () =>
    Promise.all(
      references.slice(0, MAX_EAGER_READS).map(async ({ entity, id: entityId }) => {
        if (!entities.some(({ name, operations }) => name === entity && operations.includes('Get'))) return undefined;
        const reply = await runFunction({ functionName: 'get-entity', body: { entity, entityId } });
        return isSuccess(reply) ? rowsOfReply(reply)[0] : undefined;
      }),
    ),
  );
  return (
    <RelatedTable label="Refers to" objects={references.map((object, index) => ({ ...object, row: rows?.[index] }))} />
  );
}

/** Lists that people open first, in this order. */
const COMMON_REFERRERS = ['Invoice', 'PaymentIntent', 'Subscription', 'Charge', 'Refund', 'PaymentMethod', 'Price'];

function sortReferrers(referrers: readonly Referrer[]): readonly Referrer[] {
  const rank = ({ entity }: Referrer): number => {
    const index = COMMON_REFERRERS.indexOf(entity);
    return index < 0 ? COMMON_REFERRERS.length : index;
  };
  return [...referrers].sort((a, b) => rank(a) - rank(b));
}

const RELATED_SHOWN = 5;

interface ReferringRowsProps {
  readonly referrer: Referrer;
  readonly id: string;
  /** Whether the list is open at first. The rows of an open list are read from Stripe. */
  readonly open: boolean;
}

/** A list of objects. When it opens, one request to Stripe reads its first rows. */
function ReferringRows({ referrer, id, open: isOpenAtFirst }: ReferringRowsProps) {
  const [open, setOpen] = useState(isOpenAtFirst);
  const filter = conditionText(referrer.column, '=', id);
  return (
    <details className="group" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {referrer.entity} <span className="muted">by {referrer.column.name}</span>
      </summary>
      {open && <ReferringList entity={referrer.entity} filter={filter} />}
    </details>
  );
}

function ReferringList({ entity, filter }: { readonly entity: string; readonly filter: string }) {
  const { data, error, reload } = useLoaded(`related ${entity} ${filter}`, () =>
    runFunction({
      functionName: 'list-entities',
      body: { entity, filterClause: filter, listEntitiesPageSize: RELATED_SHOWN },
    }),
  );
  if (data === undefined) return <LoadState what={entity} error={error} onRetry={reload} />;
  if (!isSuccess(data)) return <CallError reply={data} />;
  const rows = rowsOfReply(data);
  if (rows.length === 0) return <p className="muted">None.</p>;
  return (
    <>
      <RelatedTable
        label={`${entity} rows that name it`}
        objects={rows.map((row) => ({ id: String(row['Id']), entity, row }))}
      />
      <a href={hashOf(['entity', entity], { filter })}>All rows of {entity} that name it</a>
    </>
  );
}
