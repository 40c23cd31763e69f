import { readLimiter, type LimiterState } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { duration } from '../../format/time.ts';
import { countedNoun } from '../../format/words.ts';
import { useConnection } from '../../shell/console-context.tsx';
import { PageFrame } from '../../ui/page.tsx';
import { LoadState } from '../../ui/states.tsx';
import { Burst } from './burst.tsx';
import { LatestRequests } from './latest-requests.tsx';
import { LimitGraph } from './limit-graph.tsx';
import { SuspendButton } from './suspend.tsx';

const LIMITER_POLL_MS = 1000;

/** The rate limit and its use: requests by class over time, ceilings and latencies. */
export function LimiterPage() {
  const { data, error, reload } = useLoaded('limiter', readLimiter, LIMITER_POLL_MS);
  const { stripe } = useConnection();
  return (
    <PageFrame
      title="Rate limit"
      lead="Calls wait for a permit. What would wait too long is rejected with 429 and Retry-After, and nothing is sent."
      actions={data !== undefined && <SuspendButton state={data} onChange={reload} />}
    >
      {data === undefined ? (
        <LoadState what="the limit" shape="cards" error={error} onRetry={reload} />
      ) : (
        <>
          {data.suspended !== null && (
            <div className="banner bad" role="status">
              <strong>Suspended</strong> by {data.suspended === 'settings' ? 'the setting suspended' : 'an operator'}:
              every instance rejects its calls.
            </div>
          )}
          <div className={stripe === 'sandbox' ? 'graph-and-burst' : undefined}>
            <section className="card" aria-label="Last two minutes">
              <h2>Last two minutes</h2>
              <LimitGraph state={data} />
            </section>
            {stripe === 'sandbox' && <Burst maxWaitMs={data.maxWaitMs} />}
          </div>
          <LatestRequests>
            <LimitDetails state={data} />
          </LatestRequests>
        </>
      )}
    </PageFrame>
  );
}

function LimitDetails({ state }: { readonly state: LimiterState }) {
  const { limit, limits, maxWaitMs } = state;
  const facts: readonly (readonly [name: string, text: string])[] = [
    [
      'Limit',
      `${limit.perSecond} a second: ${limits.limitScope === 'node' ? `6 for each of ${countedNoun(limit.nodes, 'node')}` : '6 in all'}`,
    ],
    [
      'Bound by',
      { rate: 'the nodes', account: 'the ceiling of the account', endpoint: 'the ceiling of one endpoint' }[
        limit.bound
      ],
    ],
    ['Ceiling of the account', `${limits.accountCeiling} a second`],
    ['Ceiling of one endpoint', `${limits.endpointCeiling} a second`],
    ['Nodes', `${limits.minNodes} to ${limits.maxNodes}`],
    ['Waiting now', countedNoun(limit.waiting, 'call')],
    ['A call waits at most', duration(maxWaitMs)],
    ['Pace', limit.pace === 1 ? 'full' : `slowed by Stripe to 1/${Math.round(1 / limit.pace)}`],
  ];
  return (
    <section className="card" aria-label="Figures">
      <h2>In force</h2>
      <dl className="facts-list">
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
