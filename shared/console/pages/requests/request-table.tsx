import type { RequestLogEntry } from '../../api/operator.ts';
import { duration } from '../../format/time.ts';
import { isIdLike } from '../../format/words.ts';
import { OutcomeBadge } from '../../ui/badge.tsx';
import type { TableColumn } from '../../ui/table/columns.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import { timeColumn } from '../../ui/table/time-column.tsx';
import { IdLink } from '../../ui/value.tsx';

const REQUEST_COLUMNS: readonly TableColumn<RequestLogEntry>[] = [
  {
    name: 'Call',
    value: ({ call }) => call,
    cell: ({ call, attempt }) => (
      <>
        <strong>{call}</strong>
        {attempt > 1 && <span className="muted"> try {attempt}</span>}
      </>
    ),
  },
  timeColumn('When', ({ atMs }) => atMs / 1000),
  { name: 'Outcome', value: ({ outcome }) => outcome, cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  {
    name: 'Request',
    cellStyle: 'path',
    secondary: true,
    value: ({ method, path }) => `${method} ${path}`,
    cell: ({ method, path }) => <PathText method={method} path={path} />,
  },
  { name: 'Class', secondary: true, value: ({ priority }) => priority },
  {
    name: 'Waited',
    description: 'Time until the limiter gave a permit, and until the object was free.',
    secondary: true,
    cellStyle: 'numeric',
    value: ({ waitedMs }) => waitedMs,
    cell: ({ waitedMs }) => duration(waitedMs),
  },
  { name: 'Waited for', detailOnly: true, value: ({ waitedFor }) => waitedFor },
  {
    name: 'Took',
    description: "Time until Stripe's response.",
    cellStyle: 'numeric',
    value: ({ durationMs }) => durationMs,
    cell: ({ durationMs }) => duration(durationMs),
  },
  {
    name: 'Request id',
    description: "Stripe's id of the request.",
    detailOnly: true,
    value: ({ requestId }) => requestId,
    cell: ({ requestId }) => (requestId === undefined ? '–' : <code>{requestId}</code>),
  },
];

/** Requests to Stripe with their outcomes, waiting times and durations. */
export function RequestTable({ requests }: { readonly requests: readonly RequestLogEntry[] }) {
  return (
    <DataTable
      label="Requests to Stripe"
      rows={requests}
      columns={REQUEST_COLUMNS}
      rowKey={({ atMs, requestId = '', path, attempt }) => `${atMs} ${requestId} ${path} ${attempt}`}
    />
  );
}

/** A method and a path. Ids in the path are links to their objects. */
export function PathText({ method, path }: { readonly method: string; readonly path: string }) {
  return (
    <code className="path">
      {method}{' '}
      {path.split(/(?<=\/)/).map((part, index) => {
        const [id = '', slash = ''] = part.split(/(?=\/$)/);
        return isIdLike(id) ? (
          <span key={index}>
            <IdLink id={id} />
            {slash}
          </span>
        ) : (
          part
        );
      })}
    </code>
  );
}
