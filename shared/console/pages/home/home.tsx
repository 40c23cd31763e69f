import { readActivity, readLimiter } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useConnection, readOnlyReason } from '../../shell/console-context.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/code.tsx';
import { PageFrame } from '../../ui/page.tsx';
import { LoadState } from '../../ui/states.tsx';
import { LimitGraph } from '../limiter/limit-graph.tsx';
import { RecentErrors } from './recent-errors.tsx';
import { Today } from './today.tsx';
import { TryCard } from './try-card.tsx';

const HOME_POLL_MS = 3000;

/** The home page: the connection, its health, the calls of today, and what to try. */
export function HomePage() {
  const connection = useConnection();
  const { stripe, stripeBase, apiVersion, expose, health, region, suspended } = connection;
  const meanings = {
    sandbox: 'a local sandbox, no real money',
    test: "Stripe's test mode, no real money",
    live: 'live Stripe: real money',
    unknown: 'Stripe did not report the mode: treat it as real money',
  };
  return (
    <PageFrame
      title="Home"
      lead={
        region === 'local'
          ? `The connection ${connection.connection} on this machine.`
          : `The connection ${connection.connection} in ${region}.`
      }
    >
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
                <dt>Stripe API</dt>
                <dd>
                  <code>{stripeBase}</code>
                </dd>
              </div>
            )}
            {connection.local && (
              <div>
                <dt>Call it at</dt>
                <dd>
                  <code>{location.origin}/&lt;function&gt;</code>{' '}
                  <CopyButton text={`${location.origin}/`} label="Copy address" />
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
                {suspended === null ? (
                  <>
                    <StatusBadge status={health.state} /> {health.description}
                  </>
                ) : (
                  <StatusBadge status="suspended" />
                )}
              </dd>
            </div>
            <div>
              <dt>Permits</dt>
              <dd>
                {suspended === null
                  ? (readOnlyReason(connection) ?? (expose === 'all' ? 'reads and writes' : expose))
                  : 'nothing while it is suspended'}
              </dd>
            </div>
          </dl>
        </section>
        <TryCard />
      </div>
      {expose !== 'discovery' && <ActivityNow />}
    </PageFrame>
  );
}

/** Calls and requests of today, the limit over time, recent errors. */
function ActivityNow() {
  const { data, error, reload } = useLoaded(
    'now',
    async () => {
      const [limiter, activity] = await Promise.all([readLimiter(), readActivity()]);
      return { limiter, activity };
    },
    HOME_POLL_MS,
  );
  if (data === undefined) return <LoadState what="activity" shape="cards" error={error} onRetry={reload} />;
  const { limiter, activity } = data;
  return (
    <>
      <Today limiter={limiter} />
      <section className="card" aria-label="Limit over time">
        <h2>
          Limit of {limiter.limit.perSecond} a second, last two minutes <a href="#/limiter">Details</a>
        </h2>
        <LimitGraph state={limiter} />
      </section>
      <RecentErrors requests={activity.transactions} />
    </>
  );
}
