import type { Delivery } from '../../../sandbox/events/deliveries.ts';
import { sandbox } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { hashOf } from '../../state/route.ts';
import { tryAnnounced } from '../../ui/announcer.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { EmptyState, ErrorState, Loading } from '../../ui/states.tsx';
import { DataTable } from '../../ui/table/data-table.tsx';
import { IdLink, TimeText } from '../../ui/value.tsx';

const DELIVERIES_EVERY_MS = 3000;

/** Webhooks that the sandbox sent, each with its tries. */
export function DeliveryTable() {
  const { data, error, reload } = useLoaded(
    'deliveries',
    () => sandbox<readonly Delivery[]>('GET', 'deliveries'),
    DELIVERIES_EVERY_MS,
  );
  const resend = async (id: string): Promise<void> => {
    await tryAnnounced(async () => {
      await sandbox('POST', `deliveries/${id}/resend`);
      return 'Sent again';
    });
    reload();
  };
  if (error !== undefined) return <ErrorState error={error} onRetry={reload} />;
  if (data === undefined) return <Loading what="deliveries" />;
  if (data.length === 0)
    return (
      <EmptyState title="The sandbox sent no webhook yet">
        <p>
          Create a webhook endpoint with a URL on this machine, such as <code>{location.origin}/stripe-events</code>.
          Each change from then on is delivered to it.
        </p>
        <a
          className="button primary"
          href={hashOf(['entity', 'WebhookEndpoint', 'Create'], {
            Url: `${location.origin}/stripe-events`,
            EnabledEvents: '["*"]',
          })}
        >
          Create one, filled in
        </a>
      </EmptyState>
    );
  return (
    <DataTable
      label="Deliveries"
      rows={[...data].reverse()}
      rowKey={({ id }) => id}
      columns={[
        { name: 'Type', value: ({ type }) => type, cell: ({ type }) => <strong>{type}</strong> },
        {
          name: 'Event',
          look: 'cut',
          secondary: true,
          value: ({ event }) => event,
          cell: ({ event }) => <IdLink id={event} entity="Event" />,
        },
        {
          name: 'Endpoint',
          look: 'path',
          secondary: true,
          value: ({ url }) => url,
          cell: ({ url, endpoint }) => (
            <a className="id" href={hashOf(['object', 'WebhookEndpoint', endpoint])} title={endpoint}>
              {url}
            </a>
          ),
        },
        { name: 'State', value: ({ state }) => state, cell: ({ state }) => <StatusBadge status={state} /> },
        {
          name: 'Tries',
          value: ({ attempts }) => attempts.length,
          cell: ({ attempts }) =>
            attempts.map(({ at, status, error: problem }, index) => (
              <div key={index}>
                {index + 1}. <strong>{status ?? problem ?? 'no response'}</strong>, <TimeText value={at} />
              </div>
            )),
        },
        {
          name: 'Send again',
          unnamed: true,
          value: () => undefined,
          cell: ({ id }) => (
            <button type="button" className="small" onClick={() => void resend(id)}>
              Send again<span className="visually-hidden"> {id}</span>
            </button>
          ),
        },
      ]}
    />
  );
}
