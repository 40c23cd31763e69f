import { sandbox } from '../../api/operator.ts';
import { fullTime } from '../../format/time.ts';
import { commandSandbox, type SandboxState } from './sandbox-state.ts';

const CLOCK_STEPS: readonly (readonly [text: string, seconds: number])[] = [
  ['1 hour', 3600],
  ['1 day', 86_400],
  ['1 week', 604_800],
];

/** Seconds until the same day of the next month, at the end of a shorter one. */
export function secondsOfMonth(now: number): number {
  const from = new Date(now * 1000);
  const last = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 2, 0)).getUTCDate();
  const to = new Date(now * 1000);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + 1);
  to.setUTCDate(Math.min(from.getUTCDate(), last));
  return (to.getTime() - from.getTime()) / 1000;
}

export function ClockCard({ time, onChange }: { readonly time: SandboxState['time']; readonly onChange: () => void }) {
  const set = (text: string, body: object): void =>
    void commandSandbox(text, () => sandbox('POST', 'time', body), onChange);
  return (
    <section className="card" aria-label="Clock">
      <h2>Clock</h2>
      <p>
        <strong data-clock={time.frozen ? 'stopped' : 'running'}>{fullTime(time.now * 1000)}</strong>{' '}
        {time.frozen ? 'stopped' : 'running'}
      </p>
      <div className="buttons" role="group" aria-label="Advance the clock">
        {[...CLOCK_STEPS, ['1 month', secondsOfMonth(time.now)] as const].map(([text, seconds]) => (
          <button key={text} type="button" onClick={() => set(`The clock moved by ${text}`, { advance: seconds })}>
            + {text}
          </button>
        ))}
        {time.frozen ? (
          <button type="button" onClick={() => set('The clock runs', { resume: true })}>
            Let it run
          </button>
        ) : (
          <button type="button" onClick={() => set('The clock is stopped', { now: time.now })}>
            Stop
          </button>
        )}
      </div>
      <p className="muted">Subscriptions renew, payouts arrive and trials end as the time passes.</p>
    </section>
  );
}
