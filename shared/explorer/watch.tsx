import { useEffect, useState } from 'preact/hooks';
import { readActivity, run, type About, type LimitSnapshot } from './api.ts';

const EVERY_MS = 500;
const SECONDS = 60;

/** Shows the rate limit in use and the latest requests to Stripe. */
export function Watch({ about }: { readonly about: About }) {
  const [seen, setSeen] = useState<LimitSnapshot>();
  useEffect(() => {
    let stopped = false;
    const look = async (): Promise<void> => {
      // A hidden page sends no requests.
      if (!document.hidden) await readActivity().then(setSeen, () => undefined);
      if (!stopped) setTimeout(() => void look(), EVERY_MS);
    };
    void look();
    return () => {
      stopped = true;
    };
  }, []);
  if (about.expose === 'discovery') return null;
  return (
    <aside>
      <h2>limit</h2>
      {seen === undefined ? <p>...</p> : <Limit seen={seen} />}
      {about.stripe === 'sandbox' && <Burst />}
      <h2>transactions</h2>
      {seen !== undefined && <Transactions seen={seen} />}
      <p class="notes">as this instance saw them</p>
    </aside>
  );
}

function Limit({ seen }: { readonly seen: LimitSnapshot }) {
  const { limit, transactions, atMs } = seen;
  const sent = transactions.filter(({ outcome }) => outcome !== 'RATE_LIMITED');
  const perSecond = Array.from({ length: SECONDS }, (_, back) => {
    const to = atMs - back * 1000;
    return sent.filter((one) => one.atMs - one.durationMs > to - 1000 && one.atMs - one.durationMs <= to).length;
  });
  const highest = Math.max(limit.perSecond, 1);
  return (
    <>
      <dl class="limit">
        <dt>tokens a second</dt>
        <dd data-limit="per-second">{limit.perSecond}</dd>
        <dt>used in the last second</dt>
        <dd data-limit="used">{perSecond[0]}</dd>
        <dt>waiting</dt>
        <dd data-limit="waiting">{limit.waiting}</dd>
        <dt>nodes that count</dt>
        <dd data-limit="nodes">{limit.nodes}</dd>
        {limit.pace < 1 && (
          <>
            <dt>slowed by Stripe to</dt>
            <dd>1/{Math.round(1 / limit.pace)}</dd>
          </>
        )}
      </dl>
      <svg
        class="spark"
        viewBox={`0 0 ${SECONDS} 20`}
        preserveAspectRatio="none"
        role="img"
        aria-label="the last minute"
      >
        {perSecond.map((count, back) => (
          <rect
            key={back}
            x={SECONDS - 1 - back}
            width={0.8}
            y={20 - (20 * Math.min(count, highest)) / highest}
            height={(20 * Math.min(count, highest)) / highest}
          />
        ))}
      </svg>
    </>
  );
}

const CALLS = 40;

/** Sends many calls at once to the sandbox, to show how they wait. */
function Burst() {
  const [result, setResult] = useState<string>();
  const [busy, setBusy] = useState(false);
  const burst = async (): Promise<void> => {
    setBusy(true);
    setResult(undefined);
    const balance = { functionName: 'get-entity', body: { entity: 'Balance' } };
    const answers = await Promise.all(Array.from({ length: CALLS }, () => run(balance)));
    const through = answers.filter(({ status }) => status === 200).length;
    const refused = answers.filter(({ status }) => status === 429).length;
    setResult(`${through} went through, ${refused} were refused (429)`);
    setBusy(false);
  };
  return (
    <p>
      <button type="button" disabled={busy} onClick={() => void burst()}>
        {busy ? 'calling ...' : `${CALLS} calls at once`}
      </button>{' '}
      <span class="notes" data-burst>
        {result}
      </span>
    </p>
  );
}

function Transactions({ seen }: { readonly seen: LimitSnapshot }) {
  if (seen.transactions.length === 0) return <p class="notes">none yet</p>;
  return (
    <ol class="transactions">
      {seen.transactions.slice(0, 20).map((one) => (
        <li key={`${one.requestId ?? one.atMs}-${one.attempt}-${one.atMs}`}>
          <strong class={one.outcome === 'ok' ? 'good' : 'bad'}>{one.outcome}</strong> {one.call}
          <br />
          <span class="notes">
            {new Date(one.atMs).toLocaleTimeString()} · {one.durationMs} ms · waited {one.waitedMs} ms
            {one.waitedFor !== undefined && ` for ${one.waitedFor}`} · {one.priority}
            {one.requestId === undefined ? '' : ` · ${one.requestId}`}
          </span>
        </li>
      ))}
    </ol>
  );
}
