import type { Delivery } from '../../../sandbox/events/deliveries.ts';
import { requestSandbox } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { countedNoun, humanName } from '../../format/words.ts';
import { hashOf, replaceHash } from '../../state/route.ts';
import { runAndAnnounce } from '../../ui/announcer.tsx';
import { EmptyState, LoadState } from '../../ui/states.tsx';
import { DeliveryTable } from './delivery-table.tsx';

const DELIVERIES_POLL_MS = 3000;
const DELIVERY_STATES: readonly Delivery['state'][] = ['pending', 'succeeded', 'failed'];

/** The webhooks that the sandbox sent, filtered by the type and the state in the address. */
export function DeliveryList({ params }: { readonly params: URLSearchParams }) {
  const { data, error, reload } = useLoaded(
    'deliveries',
    () => requestSandbox<readonly Delivery[]>('GET', 'deliveries'),
    DELIVERIES_POLL_MS,
  );
  const resend = async (id: string): Promise<void> => {
    await runAndAnnounce(async () => {
      await requestSandbox('POST', `deliveries/${id}/resend`);
      return 'Sent again';
    });
    reload();
  };
  if (data === undefined) return <LoadState what="deliveries" shape="table" error={error} onRetry={reload} />;
  if (data.length === 0) return <NoDelivery />;
  const [type, state] = [params.get('type') ?? '', params.get('state') ?? ''];
  const setFilter = (change: Readonly<Record<string, string>>): void =>
    replaceHash(hashOf(['events'], { part: 'deliveries', type, state, ...change }));
  const shown = data.filter((delivery) => delivery.type.includes(type) && (state === '' || delivery.state === state));
  return (
    <>
      <div className="toolbar" role="search">
        <label className="field">
          <span>Type</span>
          <input
            type="search"
            data-page-search=""
            defaultValue={type}
            placeholder="invoice.paid"
            onChange={(event) => setFilter({ type: event.target.value.trim() })}
          />
        </label>
        <label className="field">
          <span>State</span>
          <select value={state} onChange={(event) => setFilter({ state: event.target.value })}>
            <option value="">All</option>
            {DELIVERY_STATES.map((name) => (
              <option key={name} value={name}>
                {humanName(name)}
              </option>
            ))}
          </select>
        </label>
        <p className="muted" role="status">
          {countedNoun(shown.length, 'delivery', 'deliveries')}, the last first
        </p>
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No delivery matches" />
      ) : (
        <DeliveryTable deliveries={shown.toReversed()} onResend={(id) => void resend(id)} />
      )}
    </>
  );
}

function NoDelivery() {
  return (
    <EmptyState title="The sandbox sent no webhook yet">
      <p>
        Create a webhook endpoint with a URL on this machine, such as <code>{location.origin}/stripe-events</code>. Each
        change from then on is delivered to it.
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
}
