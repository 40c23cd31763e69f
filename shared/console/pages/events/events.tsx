import { Tab, TabList, TabPanel, TabProvider } from '@ariakit/react';
import { useState } from 'react';
import { readEvents } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { countedNoun, humanName } from '../../format/words.ts';
import { useConnection } from '../../shell/console-context.tsx';
import { hashOf, replaceHash } from '../../state/route.ts';
import { PageFrame } from '../../ui/page.tsx';
import { EmptyState, LoadState } from '../../ui/states.tsx';
import { DeliveryList } from './deliveries.tsx';
import { EventTable } from './event-table.tsx';
import { PublishHeld } from './publish-held.tsx';
import { Publishing } from './publishing.tsx';

const EVENTS_POLL_MS = 5000;
const SHOWN_OUTCOMES = ['published', 'failed', 'held', 'ignored_type', 'ignored_account'];

/** The Stripe events that arrived, and the deliveries of the local sandbox. */
export function EventsPage({ params }: { readonly params: URLSearchParams }) {
  const { stripe, local } = useConnection();
  const hasSandbox = stripe === 'sandbox' && local;
  const part = params.get('part') ?? 'arrived';
  return (
    <PageFrame
      title="Events"
      lead={
        <>
          What Stripe reported to the function stripe-events. All events that Stripe keeps are{' '}
          <a href={hashOf(['entity', 'Event'])}>rows of Event</a>.
        </>
      }
      actions={<Publishing />}
    >
      {hasSandbox ? (
        <TabProvider
          selectedId={part}
          setSelectedId={(id) => replaceHash(hashOf(['events'], { part: id === 'arrived' ? '' : (id ?? '') }))}
        >
          <TabList className="tabs" aria-label="Events">
            <Tab id="arrived" className="tab">
              Arrived
            </Tab>
            <Tab id="deliveries" className="tab">
              Deliveries of the sandbox
            </Tab>
          </TabList>
          <TabPanel tabId="arrived" tabIndex={-1} unmountOnHide>
            <ArrivedEvents params={params} />
          </TabPanel>
          <TabPanel tabId="deliveries" tabIndex={-1} unmountOnHide>
            <DeliveryList params={params} />
          </TabPanel>
        </TabProvider>
      ) : (
        <ArrivedEvents params={params} />
      )}
    </PageFrame>
  );
}

function ArrivedEvents({ params }: { readonly params: URLSearchParams }) {
  const { stripe, local } = useConnection();
  const hasSandbox = stripe === 'sandbox' && local;
  const filters = Object.fromEntries(
    ['type', 'object', 'account', 'outcome'].map((name) => [name, params.get(name) ?? '']),
  );
  const [tokens, setTokens] = useState<readonly string[]>([]);
  const query = hashOf([], { ...filters, limit: '50', pageToken: tokens.at(-1) }).slice(2);
  const { data, error, reload } = useLoaded(`events ${query}`, () => readEvents(query), EVENTS_POLL_MS);
  const next = data?.nextPageToken;
  const setFilter = (name: string, value: string): void => {
    setTokens([]);
    replaceHash(hashOf(['events'], { ...filters, [name]: value }));
  };
  return (
    <>
      <div className="toolbar" role="search">
        {(['type', 'object', 'account'] as const).map((name) => (
          <label key={name} className="field">
            <span>{{ type: 'Type', object: 'Id of the object', account: 'Connect account' }[name]}</span>
            <input
              type="search"
              data-page-search={name === 'type' ? '' : undefined}
              defaultValue={filters[name]}
              placeholder={{ type: 'invoice.paid', object: 'cus_...', account: 'acct_...' }[name]}
              onChange={(event) => setFilter(name, event.target.value.trim())}
            />
          </label>
        ))}
        <label className="field">
          <span>Outcome</span>
          <select value={filters['outcome']} onChange={(event) => setFilter('outcome', event.target.value)}>
            <option value="">All</option>
            {SHOWN_OUTCOMES.map((outcome) => (
              <option key={outcome} value={outcome}>
                {humanName(outcome)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {data === undefined && <LoadState what="events" shape="table" error={error} onRetry={reload} />}
      {data?.events.length === 0 && (
        <EmptyState title="No event arrived">
          <p>
            Stripe sends events to a webhook endpoint whose URL is that of the function stripe-events.
            {hasSandbox && ' One of the sandbox may name this server: its events arrive at once.'} For your own test
            account: <code>stripe listen --forward-to {location.host}/stripe-events</code>
          </p>
          <a
            className="button"
            href={hashOf(
              ['entity', 'WebhookEndpoint', 'Create'],
              hasSandbox ? { Url: `${location.origin}/stripe-events`, EnabledEvents: '["*"]' } : {},
            )}
          >
            Create a webhook endpoint
          </a>
        </EmptyState>
      )}
      {data?.events.some(({ outcome }) => outcome === 'held') === true && <PublishHeld onChange={reload} />}
      {data !== undefined && data.events.length > 0 && (
        <EventTable
          events={data.events}
          onChange={reload}
          pagination={{
            number: tokens.length + 1,
            previous: tokens.length === 0 ? undefined : () => setTokens(tokens.slice(0, -1)),
            next: typeof next === 'string' ? () => setTokens([...tokens, next]) : undefined,
            summary: countedNoun(data.events.length, 'event'),
          }}
        />
      )}
    </>
  );
}
