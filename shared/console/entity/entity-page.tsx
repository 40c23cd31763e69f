import { useEffect, useMemo, useState } from 'react';
import type { EntityDescriptor } from '../../schema/entity.ts';
import { runRecorded, isSuccess } from '../api/calls.ts';
import { readEntityDescriptor } from '../api/discovery.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { CallError } from '../form/result/call-error.tsx';
import { CopyAs } from '../form/copy-as.tsx';
import { ExplainView, type ShownExplanation } from '../form/result/plan-view.tsx';
import { descriptionOf } from '../format/description.ts';
import { countedNoun } from '../format/words.ts';
import { useOffer } from '../shell/offer.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { useOpened } from '../shell/recent-entities.ts';
import { chooseColumns, useChosenColumns } from '../state/preferences.ts';
import { hashOf, navigate } from '../state/route.ts';
import { Icon } from '../ui/icons.tsx';
import { PageFrame } from '../ui/page.tsx';
import { Pager } from '../ui/table/pager.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { identifiersIn, withCondition } from './clause.ts';
import { ColumnChooser } from './column-chooser.tsx';
import { defaultColumns } from './default-columns.ts';
import { ExportMenu } from './export-menu.tsx';
import { FilterBar } from './filter-bar.tsx';
import { RowsTable } from './rows-table.tsx';
import { listCall, useRows, type NumberedPage, type RowsQuery } from './use-rows.ts';

const [DEFAULT_SIZE, SIZES] = [25, [10, 25, 50, 100]];

/** An entity opens on its rows. */
export function EntityPage({ name, params }: { readonly name: string; readonly params: URLSearchParams }) {
  const { entities } = useOffer();
  const summary = entities.find((entity) => entity.name === name);
  const { data, error, reload } = useLoaded(`entity ${name}`, () => readEntityDescriptor(name));
  useOpened(name);
  if (summary === undefined) return <NotFoundPage address={name} what="entity" />;
  if (data === undefined)
    return (
      <PageFrame title={name}>
        {error === undefined ? <Loading what={name} /> : <ErrorState error={error} onRetry={reload} />}
      </PageFrame>
    );
  const query = {
    entity: name,
    filter: params.get('filter') ?? '',
    sort: params.get('sort') ?? '',
    size: SIZES.find((size) => size === Number(params.get('size'))) ?? DEFAULT_SIZE,
  };
  return (
    <PageFrame
      title={name}
      crumbs={[['Browse', '#/browse']]}
      lead={descriptionOf(data)}
      actions={<EntityActions descriptor={data} />}
    >
      {data.operations.includes('List') ? (
        <Rows descriptor={data} query={query} position={numberedPage(params)} />
      ) : (
        <EmptyState title={`Stripe has no list of ${name}`}>
          <p>Use one of its operations above.</p>
        </EmptyState>
      )}
    </PageFrame>
  );
}

/** Links to the forms of the entity's other operations and actions. */
function EntityActions({ descriptor }: { readonly descriptor: EntityDescriptor }) {
  const { actions } = useOffer();
  const own = actions.filter(({ entity }) => entity === descriptor.name);
  const others = descriptor.operations.filter((operation) => operation !== 'List' && operation !== 'Create');
  return (
    <>
      {descriptor.operations.includes('Create') && (
        <a className="button primary" href={hashOf(['entity', descriptor.name, 'Create'])}>
          <Icon name="plus" /> Create
        </a>
      )}
      {others.map((operation) => (
        <a key={operation} className="button" href={hashOf(['entity', descriptor.name, operation])}>
          {operation}
        </a>
      ))}
      {own.length > 0 && (
        <details className="more-actions">
          <summary className="button">{countedNoun(own.length, 'action')}</summary>
          <ul className="menu">
            {own.map(({ name, title }) => (
              <li key={name}>
                <a className="menu-item" href={hashOf(['action', name])}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** The page of the address: `page=3&after=...`. */
function numberedPage(params: URLSearchParams): NumberedPage {
  const [number, token] = [Number(params.get('page') ?? 1), params.get('after') ?? ''];
  return token === '' || !Number.isInteger(number) || number < 2 ? { number: 1, token: undefined } : { number, token };
}

interface RowsProps {
  readonly descriptor: EntityDescriptor;
  readonly query: RowsQuery;
  readonly position: NumberedPage;
}

function Rows({ descriptor, query, position }: RowsProps) {
  const { columns, name } = descriptor;
  const addressOf = (
    { filter, sort, size }: RowsQuery,
    at: Readonly<Record<string, string | undefined>> = {},
  ): string => hashOf(['entity', name], { filter, sort, size: size === DEFAULT_SIZE ? '' : String(size), ...at });
  const { page, error, loading, number, next, previous, reload } = useRows(query, position, (to) =>
    navigate(addressOf(query, to.token === undefined ? {} : { page: String(to.number), after: to.token })),
  );
  const [explanation, setExplanation] = useState<ShownExplanation>();
  const defaults = useMemo(() => defaultColumns(columns, identifiersIn(query.filter)), [columns, query.filter]);
  // An explanation is of one clause.
  useEffect(() => setExplanation(undefined), [query.filter]);
  const chosen = useChosenColumns(name);
  const shown = chosen ?? defaults;
  const show = (change: Partial<RowsQuery>): void => {
    setExplanation(undefined);
    navigate(addressOf({ ...query, ...change }));
  };
  const explain = async (filter: string): Promise<void> => {
    const { reply } = await runRecorded('explain', listCall({ ...query, filter }));
    if (isSuccess(reply)) setExplanation(reply.body['explain'] as ShownExplanation);
    else show({ filter });
  };
  const failed = page !== undefined && !isSuccess(page.reply);
  const newestFirst = query.sort === '' && columns.some((column) => column.name === 'Created');
  const summary = loading
    ? 'loading'
    : countedNoun(page?.rows.length ?? 0, 'row') + (newestFirst ? ', newest first' : '');
  const pages = { number, next, previous, summary };
  const footer = (
    <label className="inline">
      Rows a page{' '}
      <select value={query.size} onChange={(event) => show({ size: Number(event.target.value) })}>
        {SIZES.map((size) => (
          <option key={size}>{size}</option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      <FilterBar
        clause={query.filter}
        columns={columns}
        onApply={(filter) => (filter === query.filter ? reload() : show({ filter }))}
        onExplain={(filter) => void explain(filter).catch(() => undefined)}
      />
      {explanation !== undefined && <ExplainView explanation={explanation} onClose={() => setExplanation(undefined)} />}
      <div className="toolbar" role="group" aria-label="Table">
        <button type="button" onClick={reload} aria-label="Load again">
          <Icon name="refresh" />
        </button>
        <ColumnChooser
          columns={columns}
          shown={shown}
          defaults={defaults}
          onChange={(names) => chooseColumns(name, names)}
        />
        <ExportMenu
          query={query}
          columns={shown}
          kinds={new Map(columns.map((column) => [column.name, column.kind]))}
          allColumns={columns.filter((column) => column.inRows).map((column) => column.name)}
        />
        <CopyAs call={listCall(query)} />
      </div>
      {error !== undefined && <ErrorState error={error} onRetry={reload} />}
      {failed && <CallError reply={page.reply} clause={query.filter} onCorrect={(filter) => show({ filter })} />}
      {page === undefined && error === undefined && <Loading what={`rows of ${name}`} />}
      {page !== undefined && !failed && page.rows.length === 0 && !loading && (
        <EmptyState title={query.filter === '' ? `There is no ${name} yet` : 'No row matches the filter'}>
          {query.filter === '' ? (
            descriptor.operations.includes('Create') && (
              <a className="button primary" href={hashOf(['entity', name, 'Create'])}>
                Create the first
              </a>
            )
          ) : (
            <button type="button" onClick={() => show({ filter: '' })}>
              Clear the filter
            </button>
          )}
        </EmptyState>
      )}
      {page !== undefined && page.rows.length > 0 ? (
        <RowsTable
          entity={name}
          rows={page.rows}
          columns={columns}
          shown={shown}
          sort={query.sort}
          busy={loading}
          onSort={(sort) => show({ sort })}
          onFilter={(condition) => show({ filter: withCondition(query.filter, condition) })}
          pages={pages}
          footer={footer}
        />
      ) : (
        number > 1 && !failed && <Pager pages={pages}>{footer}</Pager>
      )}
    </>
  );
}
