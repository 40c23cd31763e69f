import { OperationLink } from '../pages/operations/operation-link.tsx';
import { useState } from 'react';
import { useLoaded } from '../api/use-loaded.ts';
import { duration } from '../format/time.ts';
import { countedNoun } from '../format/words.ts';
import { RecordTimeline } from '../pages/operations/record-timeline.tsx';
import { PathText } from '../pages/requests/request-table.tsx';
import { useHistory } from '../state/history.ts';
import { hashOf } from '../state/route.ts';
import { OutcomeBadge } from '../ui/badge.tsx';
import { Json } from '../ui/code.tsx';
import { EmptyState, LoadState } from '../ui/states.tsx';
import type { TableColumn } from '../ui/table/columns.ts';
import { DataTable } from '../ui/table/data-table.tsx';
import { timeColumn } from '../ui/table/time-column.tsx';
import { isWrite, joinOperations, readObjectTraffic, type ObjectOperation } from './object-operations-data.ts';

const TRAFFIC_POLL_MS = 5000;

const OBJECT_OPERATION_COLUMNS: readonly TableColumn<ObjectOperation>[] = [
  { name: 'Call', value: ({ call }) => call, cell: ({ call }) => <strong>{call}</strong> },
  timeColumn('When', ({ at }) => at),
  { name: 'Outcome', value: ({ outcome }) => outcome, cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  {
    name: 'Effect',
    secondary: true,
    value: ({ operation, entry }) => operation?.effect ?? replyEffect(entry?.reply.body),
  },
  {
    name: 'Events',
    description: 'Events of this object that the call caused.',
    cellStyle: 'wide',
    secondary: true,
    value: ({ events }) => (events.length === 0 ? undefined : events.join(', ')),
  },
  {
    name: 'Took',
    description: "Time until Stripe's response.",
    cellStyle: 'numeric',
    secondary: true,
    value: ({ request, entry }) => request?.durationMs ?? entry?.reply.tookMs,
    cell: ({ request, entry }) => {
      const ms = request?.durationMs ?? entry?.reply.tookMs;
      return ms === undefined ? '–' : duration(ms);
    },
  },
  {
    name: 'Operation',
    cellStyle: 'cut',
    secondary: true,
    value: ({ operation }) => operation?.operationId,
    cell: ({ operation }) => (operation === undefined ? '–' : <OperationLink operationId={operation.operationId} />),
  },
];

function replyEffect(body: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const { effect } = body ?? {};
  return typeof effect === 'string' ? effect : undefined;
}

/** What read or changed one object: requests, records of operations, and calls of this page. */
export function ObjectOperations({ id }: { readonly id: string }) {
  const history = useHistory();
  const [showsReads, setShowsReads] = useState(false);
  const { data, error, reload } = useLoaded(`traffic of ${id}`, () => readObjectTraffic(id), TRAFFIC_POLL_MS);
  if (data === undefined) return <LoadState what="operations" shape="table" error={error} onRetry={reload} />;
  const all = joinOperations(id, data, history);
  const writes = all.filter(isWrite);
  const shown = showsReads ? all : writes;
  return (
    <>
      <div className="toolbar">
        <p className="muted" role="status">
          Requests to Stripe that this instance still knows: {countedNoun(writes.length, 'write')},{' '}
          {countedNoun(all.length - writes.length, 'read')}
        </p>
        <label className="choose">
          <input type="checkbox" checked={showsReads} onChange={() => setShowsReads(!showsReads)} /> Show reads too
        </label>
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No write of this object is known here">
          <p>Other instances, the Dashboard and other programs may have written it: its events show that.</p>
          <a className="button" href="#/operations">
            Find an operation by its id
          </a>
        </EmptyState>
      ) : (
        <DataTable
          label="Operations of the object"
          rows={shown}
          columns={OBJECT_OPERATION_COLUMNS}
          rowKey={({ key }) => key}
          detail={(operation) => ({ title: operation.call, body: <OperationDetail shown={operation} /> })}
        />
      )}
    </>
  );
}

function OperationDetail({ shown: { request, operation, entry, events } }: { readonly shown: ObjectOperation }) {
  return (
    <>
      {request !== undefined && (
        <>
          <p>
            <PathText method={request.method} path={request.path} />
          </p>
          <p className="muted">
            waited {duration(request.waitedMs)} for a permit, Stripe took {duration(request.durationMs)}
            {request.requestId !== undefined && (
              <>
                , <code>{request.requestId}</code>
              </>
            )}
          </p>
        </>
      )}
      {operation !== undefined && (
        <>
          <RecordTimeline report={operation} />
          <p>{operation.whatToDo}</p>
        </>
      )}
      {events.length > 0 && (
        <>
          <h3>Events that it caused</h3>
          <ul className="chips">
            {events.map((type, index) => (
              <li key={index} className="chip">
                {type}
              </li>
            ))}
          </ul>
        </>
      )}
      <div className="buttons">
        {operation !== undefined && (
          <a className="button" href={hashOf(['operations', operation.operationId])}>
            Open the record
          </a>
        )}
        {entry !== undefined && (
          <a className="button" href={hashOf(['history', String(entry.number)])}>
            Open the call
          </a>
        )}
      </div>
      {entry === undefined ? (
        <p className="muted">Request and response are kept for calls of this page only.</p>
      ) : (
        <>
          <h3>Request</h3>
          <Json value={entry.call.body} label="Request" />
          <h3>Response</h3>
          <Json value={entry.reply.body} label="Response" />
        </>
      )}
    </>
  );
}
