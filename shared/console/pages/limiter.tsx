import { useState } from 'react';
import { commandConsole, readActivity, readLimiter, type BurstResult, type LimiterState } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { duration } from '../format/time.ts';
import { countedNoun } from '../format/words.ts';
import { useConnection, whyReadOnly } from '../shell/offer.tsx';
import { announce } from '../ui/announcer.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { ConfirmDialog } from '../ui/confirm.tsx';
import { PageFrame } from '../ui/page.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { TimeText } from '../ui/value.tsx';
import { LimitGraph } from './limit-graph.tsx';

const LIMITER_EVERY_MS = 1000;

/** The limit as it is used: by class over time, with its ceilings. */
export function LimiterPage() {
  const { data, error, reload } = useLoaded('limiter', readLimiter, LIMITER_EVERY_MS);
  const { stripe } = useConnection();
  return (
    <PageFrame
      title="Rate limit"
      lead="Calls wait for a permit. What would wait too long is rejected with 429 and Retry-After, and nothing is sent."
      actions={data !== undefined && <Suspend state={data} onChange={reload} />}
    >
      {error !== undefined && <ErrorState error={error} onRetry={reload} />}
      {data === undefined ? (
        error === undefined && <Loading what="the limit" />
      ) : (
        <>
          {data.suspended !== null && (
            <div className="banner bad" role="status">
              <strong>Suspended</strong> by {data.suspended === 'settings' ? 'the setting suspended' : 'an operator'}:
              every instance rejects its calls.
            </div>
          )}
          <section className="card" aria-label="Last two minutes">
            <h2>Last two minutes</h2>
            <LimitGraph state={data} />
          </section>
          <div className="grid">
            <Figures state={data} />
            {stripe === 'sandbox' && <Burst maxWaitMs={data.maxWaitMs} />}
          </div>
          <Waits />
        </>
      )}
    </PageFrame>
  );
}

function Figures({ state }: { readonly state: LimiterState }) {
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

const SIZES = [30, 60, 120];

/** Sends many calls at once from the server, so that the limit rejects some. */
function Burst({ maxWaitMs }: { readonly maxWaitMs: number }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<BurstResult>();
  const [problem, setProblem] = useState<string>();
  const send = async (calls: number): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const next = await commandConsole<BurstResult>('burst', { calls });
      setResult(next);
      announce(`${next.passed} passed, ${next.rejected} were rejected`);
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card" aria-label="Burst">
      <h2>Send a burst</h2>
      <p>
        The server reads the sandbox's balance many times at once. Each call waits at most{' '}
        {duration(Math.min(maxWaitMs, 1500))}; the others get 429.
      </p>
      <div className="buttons">
        {SIZES.map((calls) => (
          <button key={calls} type="button" disabled={busy} onClick={() => void send(calls)}>
            {calls} calls
          </button>
        ))}
      </div>
      {busy && <p role="status">Calling</p>}
      {problem !== undefined && (
        <p role="alert" className="field-error">
          {problem}
        </p>
      )}
      {result !== undefined && !busy && (
        <p data-burst={result.rejected}>
          <strong className="good-text">{result.passed} passed</strong>,{' '}
          <strong className="bad-text">{result.rejected} were rejected with 429</strong>
          {result.failed > 0 && `, ${result.failed} failed`} in {duration(result.tookMs)}.
        </p>
      )}
    </section>
  );
}

/** Suspends the connection on all instances, or resumes it. */
function Suspend({ state, onChange }: { readonly state: LimiterState; readonly onChange: () => void }) {
  const [asking, setAsking] = useState(false);
  const connection = useConnection();
  const closed = whyReadOnly(connection);
  const { suspended } = state;
  const set = async (command: 'suspend' | 'resume'): Promise<void> => {
    try {
      await commandConsole(command);
      announce(command === 'suspend' ? 'Suspended: calls are rejected' : 'Resumed: calls are accepted');
    } catch (cause) {
      announce(cause instanceof Error ? cause.message : String(cause));
    }
    onChange();
  };
  if (suspended === 'settings') return null;
  return (
    <>
      {suspended === null ? (
        <button
          type="button"
          className="danger-outline"
          disabled={closed !== undefined}
          title={closed}
          onClick={() => setAsking(true)}
        >
          Suspend
        </button>
      ) : (
        <button type="button" className="primary" disabled={closed !== undefined} onClick={() => void set('resume')}>
          Resume
        </button>
      )}
      {asking && (
        <ConfirmDialog
          request={{
            title: 'Suspend the connection?',
            text: 'Every instance rejects its calls within two seconds, until someone resumes it.',
            action: 'Suspend',
            typed: connection.connection,
            onConfirm: () => void set('suspend'),
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

const REQUESTS_SHOWN = 30;

/** The latest requests with their class and wait. */
function Waits() {
  const { data } = useLoaded('activity', readActivity, LIMITER_EVERY_MS);
  const requests = data?.transactions.slice(0, REQUESTS_SHOWN) ?? [];
  return (
    <section className="card" aria-label="Latest requests">
      <h2>Latest requests</h2>
      {requests.length === 0 && <p className="muted">None yet.</p>}
      <div className="scroll" tabIndex={0} role="region" aria-label="Latest requests to Stripe">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Call</th>
              <th scope="col">Outcome</th>
              <th scope="col">Class</th>
              <th scope="col">Waited</th>
              <th scope="col">Took</th>
              <th scope="col">Stripe's request</th>
            </tr>
          </thead>
          <tbody>
            {requests.map((request, index) => (
              <tr key={`${request.atMs}-${request.requestId ?? ''}-${index}`}>
                <td>
                  <TimeText value={request.atMs / 1000} />
                </td>
                <td>{request.call}</td>
                <td>
                  <StatusBadge status={request.outcome} />
                </td>
                <td>{request.priority}</td>
                <td>
                  {duration(request.waitedMs)} {request.waitedFor !== undefined && `for ${request.waitedFor}`}
                </td>
                <td>{duration(request.durationMs)}</td>
                <td>
                  <code>{request.requestId ?? '–'}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
