import { readActivity, readLimiter, sandbox, type RequestLogEntry } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { countedNoun } from '../format/words.ts';
import { useConnection, useOffer, whyReadOnly } from '../shell/offer.tsx';
import { hashOf } from '../state/route.ts';
import { announce } from '../ui/announcer.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { PageFrame } from '../ui/page.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TimeText } from '../ui/value.tsx';
import { LimitGraph } from './limit-graph.tsx';

const HOME_EVERY_MS = 3000;

/** What this is connected to, whether it works, what happens now, and what to try. */
export function HomePage() {
  const connection = useConnection();
  const { stripe, stripeBase, apiVersion, expose, health, region } = connection;
  const meanings = {
    sandbox: 'a local sandbox, no real money',
    test: "Stripe's test mode, no real money",
    live: 'live Stripe: real money',
    unknown: 'Stripe did not report the mode: treat it as real money',
  };
  return (
    <PageFrame title="Home" lead={`The connection ${connection.connection} in ${region}.`}>
      <div className="grid">
        <section className="card" aria-label="Connection">
          <h2>Connected to</h2>
          <dl className="facts-list">
            <div>
              <dt>Stripe</dt>
              <dd>{meanings[stripe]}</dd>
            </div>
            {stripeBase !== undefined && (
              <div>
                <dt>Address</dt>
                <dd>
                  <code>{stripeBase}</code>
                </dd>
              </div>
            )}
            <div>
              <dt>API version</dt>
              <dd>{apiVersion}</dd>
            </div>
            <div>
              <dt>Health</dt>
              <dd>
                <StatusBadge status={health.state} /> {health.description}
              </dd>
            </div>
            <div>
              <dt>Permits</dt>
              <dd>{whyReadOnly(connection) ?? (expose === 'all' ? 'reads and writes' : expose)}</dd>
            </div>
          </dl>
        </section>
        <Try />
      </div>
      {expose !== 'discovery' && <ActivityNow />}
    </PageFrame>
  );
}

/** Calls of today, the limit over time, recent errors. */
function ActivityNow() {
  const { data, error, reload } = useLoaded(
    'now',
    async () => {
      const [limiter, activity] = await Promise.all([readLimiter(), readActivity()]);
      return { limiter, activity };
    },
    HOME_EVERY_MS,
  );
  if (data === undefined)
    return error === undefined ? <Loading what="activity" /> : <ErrorState error={error} onRetry={reload} />;
  const { limiter, activity } = data;
  const { today } = limiter;
  return (
    <>
      <section className="card" aria-label="Today">
        <h2>Today</h2>
        <ul className="figures">
          <li>
            <strong data-figure="sent">{today.sent.toLocaleString('en')}</strong> requests to Stripe
          </li>
          <li>
            <strong>{today.failed.toLocaleString('en')}</strong> with an error of Stripe
          </li>
          <li>
            <strong>{today.rejected.toLocaleString('en')}</strong> calls over the limit (429)
          </li>
          <li>
            <strong>{limiter.limit.perSecond}</strong> a second is the limit
          </li>
        </ul>
        <p className="muted">As this instance counted since midnight UTC.</p>
      </section>
      <section className="card" aria-label="Limit over time">
        <h2>
          Limit over time <a href="#/limiter">Details</a>
        </h2>
        <LimitGraph state={limiter} />
      </section>
      <RecentErrors requests={activity.transactions} />
    </>
  );
}

interface ErrorGroup {
  readonly outcome: string;
  readonly call: string;
  readonly count: number;
  readonly last: RequestLogEntry;
}

function groupErrors(requests: readonly RequestLogEntry[]): readonly ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const request of requests) {
    if (request.outcome === 'ok') continue;
    const name = `${request.outcome} ${request.call}`;
    const before = groups.get(name);
    groups.set(name, {
      outcome: request.outcome,
      call: request.call,
      count: (before?.count ?? 0) + 1,
      last: before?.last ?? request,
    });
  }
  return [...groups.values()];
}

function RecentErrors({ requests }: { readonly requests: readonly RequestLogEntry[] }) {
  const groups = groupErrors(requests);
  return (
    <section className="card" aria-label="Recent errors">
      <h2>Recent errors</h2>
      {groups.length === 0 ? (
        <EmptyState title={`No error among the last ${countedNoun(requests.length, 'request')}`} />
      ) : (
        <ul className="timeline">
          {groups.map(({ outcome, call, count, last }) => (
            <li key={outcome + call}>
              <strong className="bad-text">{outcome}</strong> {call} <span className="muted">{count}×, last</span>{' '}
              <TimeText value={last.atMs / 1000} />
              {last.requestId !== undefined && <code className="muted"> {last.requestId}</code>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Three calls that work at once, as deep links with their inputs. */
function Try() {
  const connection = useConnection();
  const { entities } = useOffer();
  const offers = (name: string): boolean => entities.some((entity) => entity.name === name);
  const payment = {
    Amount: '1500',
    Currency: 'usd',
    PaymentMethod: 'pm_card_visa',
    Confirm: 'true',
    ReturnUrl: 'https://example.com/',
  };
  const fill = async (): Promise<void> => {
    try {
      await sandbox('POST', 'seed', { name: 'demo' });
      announce('The sandbox has a demo shop now');
    } catch (cause) {
      announce(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <section className="card" aria-label="Try it">
      <h2>Three things to try</h2>
      <ol className="try">
        {offers('PaymentIntent') && (
          <li>
            <a href={hashOf(['entity', 'PaymentIntent', 'Create'], payment)}>Take a payment of $15.00</a> with a test
            card, filled in.
          </li>
        )}
        {offers('PaymentIntent') && (
          <li>
            <a href={hashOf(['entity', 'PaymentIntent'], { filter: "Status = 'succeeded'", sort: 'Created DESC' })}>
              See the payments that succeeded
            </a>{' '}
            and explain how they are found.
          </li>
        )}
        <li>
          <a href="#/limiter">Send a burst</a> and watch the limit reject what is too much.
        </li>
      </ol>
      {connection.stripe === 'sandbox' && connection.local && (
        <button type="button" onClick={() => void fill()}>
          Fill the sandbox with a demo shop
        </button>
      )}
    </section>
  );
}
