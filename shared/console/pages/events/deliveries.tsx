import type { Delivery } from '../../../sandbox/events/deliveries.ts';
import { sandbox } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { hashOf } from '../../state/route.ts';
import { announce } from '../../ui/announcer.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { EmptyState, ErrorState, Loading } from '../../ui/states.tsx';
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
    try {
      await sandbox('POST', `deliveries/${id}/resend`);
      announce('Sent again');
    } catch (cause) {
      announce(cause instanceof Error ? cause.message : String(cause));
    }
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
    <div className="scroll" tabIndex={0} role="region" aria-label="Deliveries">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Endpoint</th>
            <th scope="col">State</th>
            <th scope="col">Tries</th>
            <th scope="col">Send again</th>
          </tr>
        </thead>
        <tbody>
          {[...data].reverse().map(({ id, event, type, url, endpoint, state, attempts }) => (
            <tr key={id}>
              <td>
                <strong>{type}</strong> <IdLink id={event} entity="Event" />
              </td>
              <td>
                <code>{url}</code> <IdLink id={endpoint} entity="WebhookEndpoint" />
              </td>
              <td>
                <StatusBadge status={state} />
              </td>
              <td>
                {attempts.map(({ at, status, error }, index) => (
                  <div key={index}>
                    {status ?? error ?? 'no response'} <TimeText value={at} />
                  </div>
                ))}
              </td>
              <td>
                <button type="button" className="small" onClick={() => void resend(id)}>
                  Send again<span className="visually-hidden"> {id}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
