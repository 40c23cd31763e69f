import type { LimiterState, RateSecond } from '../../api/operator.ts';
import { countedNoun } from '../../format/words.ts';

const SECONDS = 120;
const [WIDTH, HEIGHT] = [SECONDS, 40];
/** The top of the graph is at most this multiple of the limit. */
const MAX_LIMIT_MULTIPLE = 4;
export const REQUEST_CLASSES = ['interactive', 'read', 'bulk'] as const;

interface Bar {
  readonly name: string;
  readonly y: number;
  readonly height: number;
}

/** The stacked bars of one second: the requests of each class, then the calls that got 429. */
function barsOf({ sent, rejected }: RateSecond, scale: number): readonly Bar[] {
  const bars: Bar[] = [];
  let total = 0;
  for (const name of [...REQUEST_CLASSES, 'rejected'] as const) {
    const count = name === 'rejected' ? rejected : sent[name];
    total += count;
    bars.push({ name, y: HEIGHT - total * scale, height: count * scale });
  }
  return bars;
}

function sentCount({ sent }: RateSecond): number {
  return sent.interactive + sent.read + sent.bulk;
}

/** The tooltip of one second: `12:14:03: 9 interactive, 1 read`. */
function barTitle({ at, sent, rejected }: RateSecond): string {
  const parts = [
    ...REQUEST_CLASSES.map((name) => [name, sent[name]] as const),
    ['rejected with 429', rejected] as const,
  ];
  const counts = parts.filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`);
  return `${new Date(at * 1000).toLocaleTimeString()}: ${counts.join(', ')}`;
}

/** Requests of the last two minutes by class, with the line of the limit. */
export function LimitGraph({ state }: { readonly state: LimiterState }) {
  const { seconds, limit, atMs } = state;
  const now = Math.floor(atMs / 1000);
  const shown = seconds.filter(({ at }) => at > now - SECONDS);
  const totals = shown.map((second) => sentCount(second) + second.rejected);
  const peak = Math.max(0, ...totals);
  // The graph cuts off the bars of a burst far over the limit, so that the bars of sent requests stay readable.
  const highest = Math.min(Math.max(limit.perSecond * 1.5, peak), limit.perSecond * MAX_LIMIT_MULTIPLE);
  const scale = HEIGHT / highest;
  const sent = shown.reduce((sum, second) => sum + sentCount(second), 0);
  const rejected = shown.reduce((sum, second) => sum + second.rejected, 0);
  const summary = `${countedNoun(sent, 'request')} in the last two minutes, ${countedNoun(rejected, 'call')} rejected with 429, limit ${limit.perSecond} a second`;
  return (
    <figure className="graph">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
        {shown.map((second) => (
          <g key={second.at}>
            <title>{barTitle(second)}</title>
            <rect className="bar-hover" x={SECONDS - 1 - (now - second.at)} width={1} y={0} height={HEIGHT} />
            {barsOf(second, scale).map(({ name, y, height }) => (
              <rect
                key={name}
                className={`bar-${name}`}
                x={SECONDS - 1 - (now - second.at)}
                width={0.85}
                y={y}
                height={height}
              />
            ))}
          </g>
        ))}
        <line
          className="limit-line"
          x1={0}
          x2={WIDTH}
          y1={HEIGHT - limit.perSecond * scale}
          y2={HEIGHT - limit.perSecond * scale}
        />
      </svg>
      <div className="time-axis muted" aria-hidden="true">
        {['2 min ago', '90 s', '1 min', '30 s', 'now'].map((text) => (
          <span key={text}>{text}</span>
        ))}
      </div>
      <figcaption>
        {REQUEST_CLASSES.map((name) => (
          <span key={name} className={`legend bar-${name}`}>
            {name}
          </span>
        ))}
        <span className="legend bar-rejected">429</span>
        <span className="legend limit-line">limit {limit.perSecond}/s</span>
        <span className="muted">
          at most {peak}/s requested; top of the graph {Math.round(highest)}/s
        </span>
      </figcaption>
    </figure>
  );
}
