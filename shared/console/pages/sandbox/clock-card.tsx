import { requestSandbox } from '../../api/operator.ts';
import { hashOf } from '../../state/hash.ts';
import { fullTime, secondsUntilNextMonth } from '../../format/time.ts';
import { runSandboxCommand, type SandboxState } from './sandbox-state.ts';

const CLOCK_STEPS: readonly (readonly [text: string, seconds: number])[] = [
  ['1 hour', 3600],
  ['1 day', 86_400],
  ['1 week', 604_800],
];

export function ClockCard({ time, onChange }: { readonly time: SandboxState['time']; readonly onChange: () => void }) {
  const changeTime = (text: string, body: object): void =>
    void runSandboxCommand(text, () => requestSandbox('POST', 'time', body), onChange);
  return (
    <section className="card" aria-label="Clock">
      <h2>Clock</h2>
      <p>
        <strong data-clock={time.frozen ? 'stopped' : 'running'}>{fullTime(time.now * 1000)}</strong>{' '}
        {time.frozen ? 'stopped' : 'running'}
      </p>
      <div className="buttons" role="group" aria-label="Advance the clock">
        {[...CLOCK_STEPS, ['1 month', secondsUntilNextMonth(time.now)] as const].map(([text, seconds]) => (
          <button
            key={text}
            type="button"
            onClick={() => changeTime(`The clock moved by ${text}`, { advance: seconds })}
          >
            + {text}
          </button>
        ))}
        {time.frozen ? (
          <button type="button" onClick={() => changeTime('The clock runs', { resume: true })}>
            Let it run
          </button>
        ) : (
          <button type="button" onClick={() => changeTime('The clock is stopped', { now: time.now })}>
            Freeze
          </button>
        )}
      </div>
      <label className="field">
        <span>Set to</span>
        <input
          type="datetime-local"
          onChange={(event) => {
            const seconds = Math.floor(new Date(event.target.value).getTime() / 1000);
            if (seconds > time.now) changeTime('The clock moved', { advance: seconds - time.now });
          }}
        />
        <span className="field-note">A later time only: Stripe's time does not go back.</span>
      </label>
      <p>
        What happened: <a href={hashOf(['entity', 'Event'])}>events</a>,{' '}
        <a href={hashOf(['entity', 'Invoice'])}>invoices</a>
      </p>
      <p className="muted">Subscriptions renew, payouts arrive and trials end as the time passes.</p>
    </section>
  );
}
