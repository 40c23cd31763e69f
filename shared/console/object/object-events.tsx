import { OperationLink } from '../pages/operations/operation-link.tsx';
import type { OutputRow } from '../api/calls.ts';
import { readEvents, readOperations, type ListedEvent } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { eventChanges } from '../format/event-changes.ts';
import { countedNoun, humanName } from '../format/words.ts';
import { EventDetail } from '../pages/events/event-detail.tsx';
import { hashOf } from '../state/route.ts';
import { StatusBadge, toneOf } from '../ui/badge.tsx';
import { EmptyState, LoadState } from '../ui/states.tsx';
import type { TableColumn } from '../ui/table/columns.ts';
import { DataTable } from '../ui/table/data-table.tsx';
import { timeColumn } from '../ui/table/time-column.tsx';
import { TimeText } from '../ui/value.tsx';
import { readEventsOf, SEARCHED_EVENTS } from './stripe-events.ts';

/**
 * An event of the object. `row` is the event in Stripe's list, `arrived` the event in the inbox of this connector. One
 * of them may be undefined.
 */
interface ObjectEvent {
  readonly id: string;
  readonly type: string;
  /** ISO 8601 */
  readonly created: string;
  readonly row: OutputRow | undefined;
  readonly arrived: ListedEvent | undefined;
  /** The operation of the connector that caused the event. Undefined if this instance lists no such operation. */
  readonly operationId: string | undefined;
}

const OBJECT_EVENTS_POLL_MS = 5000;
const SHOWN_CHANGES = 2;
const SHOWN_STEPS = 6;

const OBJECT_EVENT_COLUMNS: readonly TableColumn<ObjectEvent>[] = [
  { name: 'Type', value: ({ type }) => type, cell: ({ type }) => <strong>{type}</strong> },
  timeColumn('When', ({ created }) => created),
  {
    name: 'What changed',
    cellStyle: 'wide',
    secondary: true,
    value: changeText,
    cell: (event) => changeText(event) ?? '–',
  },
  {
    name: 'Here',
    description: 'What the function stripe-events did with it.',
    value: ({ arrived }) => arrived?.outcome ?? 'not arrived',
    cell: ({ arrived }) =>
      arrived === undefined ? <span className="muted">not arrived</span> : <StatusBadge status={arrived.outcome} />,
  },
  {
    name: 'Caused by',
    description: 'The operation of this connector, or the request of another program.',
    cellStyle: 'cut',
    secondary: true,
    value: ({ operationId, row }) => operationId ?? requestIdOf(row),
    cell: ({ operationId, row }) =>
      operationId === undefined ? (
        <code className="muted">{requestIdOf(row) ?? '–'}</code>
      ) : (
        <OperationLink operationId={operationId} />
      ),
  },
];

/** The events of one object, from Stripe's list and from the inbox of this connector. */
export function ObjectEvents({ id }: { readonly id: string }) {
  const { data, error, reload } = useLoaded(`events of ${id}`, () => loadEvents(id), OBJECT_EVENTS_POLL_MS);
  if (data === undefined) return <LoadState what="events" shape="table" error={error} onRetry={reload} />;
  const arrivedCount = data.filter(({ arrived }) => arrived !== undefined).length;
  if (data.length === 0)
    return (
      <EmptyState title="No event of this object">
        <p>
          None arrived at the function stripe-events, and none of Stripe's latest {SEARCHED_EVENTS} events is of this
          object.
        </p>
        <a className="button" href={hashOf(['entity', 'Event'])}>
          All events of Stripe
        </a>
      </EmptyState>
    );
  return (
    <>
      <p className="muted">
        {countedNoun(data.length, 'event')} among Stripe's latest {SEARCHED_EVENTS}, {arrivedCount} of them{' '}
        <a href={hashOf(['events'], { object: id })}>arrived here</a>
      </p>
      <EventSteps events={data} />
      <DataTable
        label="Events of the object"
        rows={data}
        columns={OBJECT_EVENT_COLUMNS}
        rowKey={(event) => event.id}
        detail={(event) => ({
          title: event.type,
          body: <EventDetail key={event.id} id={event.id} arrived={event.arrived} onChange={reload} />,
        })}
      />
    </>
  );
}

/** The latest events as steps, the oldest first. */
function EventSteps({ events }: { readonly events: readonly ObjectEvent[] }) {
  const steps = events.slice(0, SHOWN_STEPS).reverse();
  return (
    <ol className="steps" aria-label="Course of the object">
      {steps.map(({ id, type, created }) => {
        const [step = type] = type.split('.').slice(-1);
        return (
          <li key={id} className={toneOf(step)}>
            <strong>{humanName(step)}</strong> <TimeText value={created} />
          </li>
        );
      })}
    </ol>
  );
}

async function loadEvents(id: string): Promise<readonly ObjectEvent[]> {
  const [{ events: arrived }, rows, { operations }] = await Promise.all([
    readEvents(`?object=${encodeURIComponent(id)}`),
    readEventsOf(id),
    readOperations(),
  ]);
  const atStripe = rows.map((row): ObjectEvent => ({
    id: String(row['Id']),
    type: String(row['Type']),
    created: new Date(Number(row['Created']) * 1000).toISOString(),
    row,
    arrived: arrived.find((event) => event.id === row['Id']),
    operationId: operations.find(({ requestIds }) => requestIds.includes(requestIdOf(row) ?? ''))?.operationId,
  }));
  const older = arrived
    .filter((event) => !atStripe.some((other) => other.id === event.id))
    .map((event): ObjectEvent => ({ ...event, row: undefined, arrived: event, operationId: undefined }));
  return [...atStripe, ...older];
}

/**
 * What an event changed: `Status: requires_action → succeeded, 2 more`. Undefined if the event reports no change and no
 * creation.
 */
function changeText({ row, type }: ObjectEvent): string | undefined {
  const changes = row === undefined ? [] : eventChanges(row);
  if (changes.length === 0) return type.endsWith('.created') ? 'it was created' : undefined;
  const text = (value: unknown): string => {
    if (value === undefined || value === null) return 'none';
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const shown = changes
    .slice(0, SHOWN_CHANGES)
    .map(({ path, before, after }) => `${path}: ${text(before)} → ${text(after)}`);
  const rest = changes.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

function requestIdOf(row: OutputRow | undefined): string | undefined {
  const { RequestId: requestId } = row ?? {};
  return typeof requestId === 'string' ? requestId : undefined;
}
