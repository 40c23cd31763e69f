import { readActivity, readLimiter } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useConnection, whyReadOnly } from '../../shell/offer.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { PageFrame } from '../../ui/page.tsx';
import { ErrorState, Loading } from '../../ui/states.tsx';
import { LimitGraph } from '../limiter/limit-graph.tsx';
import { RecentErrors } from './recent-errors.tsx';
import { Try } from './try.tsx';

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
