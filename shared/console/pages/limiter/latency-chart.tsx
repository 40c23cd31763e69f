import type { RequestLogEntry } from '../../api/operator.ts';
import { percentile } from '../../format/percentile.ts';
import { duration } from '../../format/time.ts';
import { countedNoun } from '../../format/words.ts';

/** The server's log of requests has at most this many entries, so the chart has room for as many bars. */
const MAX_BARS = 100;
const HEIGHT = 40;

/**
 * A bar for each request, the latest at the right. The lower part of a bar is the wait for the limiter, the upper part
 * the time until Stripe's response. A call that the limiter rejected has only the lower part.
 */
export function LatencyChart({ requests }: { readonly requests: readonly RequestLogEntry[] }) {
  if (requests.length === 0) return <p className="muted">This instance sent no request yet.</p>;
  const shown = requests.slice(0, MAX_BARS).reverse();
  const sent = shown.filter(({ outcome }) => outcome !== 'RATE_LIMITED');
  const highest = Math.max(1, ...shown.map(({ waitedMs, durationMs }) => waitedMs + durationMs));
  const scale = HEIGHT / highest;
  const took = sent.map(({ durationMs }) => durationMs);
  const waited = sent.map(({ waitedMs }) => waitedMs);
  const facts: readonly (readonly [name: string, ms: number])[] = [
    ['Stripe, median', percentile(took, 0.5)],
    ['Stripe, 95th percentile', percentile(took, 0.95)],
    ['limiter added, median', percentile(waited, 0.5)],
    ['limiter added, 95th percentile', percentile(waited, 0.95)],
  ];
  const summary = `${countedNoun(shown.length, 'request')}: ${facts.map(([name, ms]) => `${name} ${duration(ms)}`).join(', ')}`;
  return (
    <figure className="graph" data-latency={shown.length}>
      <ul className="figures">
        {facts.map(([name, ms]) => (
          <li key={name}>
            <strong>{duration(ms)}</strong> {name}
          </li>
        ))}
      </ul>
      <svg viewBox={`0 0 ${MAX_BARS} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
        {shown.map(({ atMs, call, outcome, waitedMs, durationMs }, index) => {
          const x = MAX_BARS - shown.length + index;
          const [waitHeight, stripeHeight] = [waitedMs * scale, durationMs * scale];
          return (
            <g key={`${atMs} ${index}`}>
              <title>{`${call}: waited ${duration(waitedMs)}, took ${duration(durationMs)}, ${outcome}`}</title>
              <rect
                className={outcome === 'RATE_LIMITED' ? 'bar-rejected' : 'bar-waited'}
                x={x}
                width={0.85}
                y={HEIGHT - waitHeight}
                height={waitHeight}
              />
              <rect
                className="bar-interactive"
                x={x}
                width={0.85}
                y={HEIGHT - waitHeight - stripeHeight}
                height={stripeHeight}
              />
            </g>
          );
        })}
      </svg>
      <div className="time-axis muted" aria-hidden="true">
        <span>{countedNoun(MAX_BARS, 'request')} ago</span>
        <span>the last</span>
      </div>
      <figcaption>
        <span className="legend bar-interactive">Stripe</span>
        <span className="legend bar-waited">limiter added</span>
        <span className="legend bar-rejected">429</span>
        <span className="muted">top {duration(highest)}</span>
      </figcaption>
    </figure>
  );
}
