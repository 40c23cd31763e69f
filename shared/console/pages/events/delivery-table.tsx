import type { Delivery } from '../../../sandbox/events/deliveries.ts';
import { requestSandbox } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { jsonOrUndefined } from '../../format/json-or-undefined.ts';
import { hashOf } from '../../state/route.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Json } from '../../ui/code.tsx';
import { LoadState } from '../../ui/states.tsx';
import type { TableColumn } from '../../ui/table/columns.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import { timeColumn } from '../../ui/table/time-column.tsx';
import { IdLink, TimeText } from '../../ui/value.tsx';

interface DeliveryTableProps {
  readonly deliveries: readonly Delivery[];
  readonly onResend: (id: string) => void;
}

/** The receiver's response to the last try: its status or an error. */
function lastResponse({ attempts }: Delivery): string | undefined {
  const last = attempts.at(-1);
  return last === undefined ? undefined : String(last.status ?? last.error ?? 'no response');
}

const DELIVERY_COLUMNS: readonly TableColumn<Delivery>[] = [
  { name: 'Type', value: ({ type }) => type, cell: ({ type }) => <strong>{type}</strong> },
  timeColumn('Last try', ({ attempts }) => attempts.at(-1)?.at, 'none yet'),
  { name: 'State', value: ({ state }) => state, cell: ({ state }) => <StatusBadge status={state} /> },
  { name: 'Answer', cellStyle: 'cut', value: lastResponse },
  { name: 'Tries', cellStyle: 'numeric', secondary: true, value: ({ attempts }) => attempts.length },
  {
    name: 'Event',
    cellStyle: 'cut',
    secondary: true,
    value: ({ event }) => event,
    cell: ({ event }) => <IdLink id={event} entity="Event" />,
  },
  {
    name: 'Endpoint',
    cellStyle: 'path',
    secondary: true,
    value: ({ url }) => url,
    cell: ({ url, endpoint }) => (
      <a className="id" href={hashOf(['object', 'WebhookEndpoint', endpoint])} title={endpoint}>
        {url}
      </a>
    ),
  },
];

export function DeliveryTable({ deliveries, onResend }: DeliveryTableProps) {
  const resend = ({ id }: Delivery) => (
    <button type="button" className="small" onClick={() => onResend(id)}>
      Send again<span className="visually-hidden"> {id}</span>
    </button>
  );
  return (
    <DataTable
      label="Deliveries"
      rows={deliveries}
      rowKey={({ id }) => id}
      columns={[
        ...DELIVERY_COLUMNS,
        { name: 'Send again', unnamed: true, secondary: true, value: () => undefined, cell: resend },
      ]}
      detail={(delivery) => ({
        title: delivery.type,
        body: (
          <>
            <div className="buttons">{resend(delivery)}</div>
            <Tries delivery={delivery} />
            <DeliveredBody key={delivery.id} id={delivery.id} />
          </>
        ),
      })}
    />
  );
}

/** Each try with the receiver's response. */
function Tries({ delivery: { url, attempts } }: { readonly delivery: Delivery }) {
  return (
    <>
      <h3>POST {url}</h3>
      <ol className="timeline" aria-label="Tries">
        {attempts.map(({ at, status, error, response }, index) => (
          <li key={index}>
            <strong>{status ?? error ?? 'no response'}</strong> <TimeText value={at} />
            {response !== undefined && <Json value={jsonOrUndefined(response) ?? response} label="Answer" />}
          </li>
        ))}
      </ol>
    </>
  );
}

/** The body of a delivery. Its secrets are hidden until the user shows them. */
function DeliveredBody({ id }: { readonly id: string }) {
  const { data, error, reload } = useLoaded(`delivery ${id}`, () =>
    requestSandbox<Readonly<Record<string, unknown>>>('GET', `deliveries/${id}/body`),
  );
  if (data === undefined) return <LoadState what="the body" error={error} onRetry={reload} />;
  return (
    <>
      <h3>Body</h3>
      <Json value={data} label="Body of the delivery" />
    </>
  );
}
