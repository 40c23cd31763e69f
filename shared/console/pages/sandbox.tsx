import { useState } from 'react';
import type { Fault } from '../../sandbox/control/faults.ts';
import { sandbox } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { fullTime } from '../format/time.ts';
import { useConnection } from '../shell/offer.tsx';
import { hashOf } from '../state/route.ts';
import { announce } from '../ui/announcer.tsx';
import { PageFrame } from '../ui/page.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { FaultForm } from './fault-form.tsx';

interface SandboxState {
  readonly time: { readonly now: number; readonly frozen: boolean };
  readonly faults: readonly Fault[];
  readonly rateLimit: { readonly per_second: number | null };
  readonly billing: { readonly retry_days: readonly number[]; readonly after_retries: string };
}

async function readSandbox(): Promise<SandboxState> {
  const [time, faults, rateLimit, billing] = await Promise.all([
    sandbox<SandboxState['time']>('GET', 'time'),
    sandbox<SandboxState['faults']>('GET', 'faults'),
    sandbox<SandboxState['rateLimit']>('GET', 'rate_limit'),
    sandbox<SandboxState['billing']>('GET', 'billing'),
  ]);
  return { time, faults, rateLimit, billing };
}

const SANDBOX_EVERY_MS = 3000;

/** Sends a command to the sandbox and reports the result. */
async function commandSandbox(text: string, run: () => Promise<unknown>, reload: () => void): Promise<void> {
  try {
    await run();
    announce(text);
  } catch (cause) {
    announce(cause instanceof Error ? cause.message : String(cause));
  }
  reload();
}

/** The local sandbox: its clock, faults, limits and data. */
export function SandboxPage() {
  const { stripe, local } = useConnection();
  if (stripe !== 'sandbox' || !local)
    return (
      <PageFrame title="Sandbox">
        <EmptyState title="This connection does not use the local sandbox">
          <p>
            <code>npm start</code> without STRIPE_API_KEY starts one.
          </p>
        </EmptyState>
      </PageFrame>
    );
  return <SandboxControls />;
}

function SandboxControls() {
  const { data, error, reload } = useLoaded('sandbox', readSandbox, SANDBOX_EVERY_MS);
  return (
    <PageFrame title="Sandbox" lead="The Stripe of this server: what you change here changes what it answers.">
      {error !== undefined && <ErrorState error={error} onRetry={reload} />}
      {data === undefined ? (
        error === undefined && <Loading what="the sandbox" />
      ) : (
        <div className="grid">
          <ClockCard time={data.time} onChange={reload} />
          <Data onChange={reload} />
          <section className="card" aria-label="Faults">
            <h2>Faults</h2>
            {data.faults.length === 0 && <p className="muted">No fault is set: every request is answered.</p>}
            <ul className="links">
              {data.faults.map((fault, index) => (
                <li key={index}>
                  <code>{fault.kind}</code>{' '}
                  {fault.times === undefined ? `${(fault.share ?? 1) * 100} % of the requests` : `${fault.times} times`}{' '}
                  {fault.method} {fault.path}
                </li>
              ))}
            </ul>
            {data.faults.length > 0 && (
              <button
                type="button"
                onClick={() => void commandSandbox('Faults removed', () => sandbox('DELETE', 'faults'), reload)}
              >
                Remove all
              </button>
            )}
            <FaultForm
              onAdd={(fault) => void commandSandbox('Fault set', () => sandbox('POST', 'faults', fault), reload)}
            />
          </section>
          <LimitsCard state={data} onChange={reload} />
        </div>
      )}
    </PageFrame>
  );
}

const CLOCK_STEPS: readonly (readonly [text: string, seconds: number])[] = [
  ['1 hour', 3600],
  ['1 day', 86_400],
  ['1 week', 604_800],
  ['1 month', 2_678_400],
];

function ClockCard({ time, onChange }: { readonly time: SandboxState['time']; readonly onChange: () => void }) {
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
        {CLOCK_STEPS.map(([text, seconds]) => (
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

function Data({ onChange }: { readonly onChange: () => void }) {
  return (
    <section className="card" aria-label="Data">
      <h2>Data</h2>
      <p>A demo shop has 50 customers, 200 payments, 20 subscriptions, disputes and refunds.</p>
      <div className="buttons">
        <button
          type="button"
          className="primary"
          onClick={() =>
            void commandSandbox(
              'The sandbox has a demo shop now',
              () => sandbox('POST', 'seed', { name: 'demo' }),
              onChange,
            )
          }
        >
          Fill with a demo shop
        </button>
        <a className="button" href={hashOf(['events'], { part: 'deliveries' })}>
          Deliveries of webhooks
        </a>
      </div>
    </section>
  );
}

const LIMITS: readonly (readonly [text: string, perSecond: number | null])[] = [
  ['None', null],
  ['5 a second', 5],
  ['25 a second', 25],
  ['100 a second', 100],
];

function LimitsCard({ state, onChange }: { readonly state: SandboxState; readonly onChange: () => void }) {
  const { rateLimit, billing } = state;
  const [days, setDays] = useState(billing.retry_days.join(', '));
  return (
    <section className="card" aria-label="Limits and billing">
      <h2>Limits and billing</h2>
      <label className="field">
        <span>Stripe's own rate limit</span>
        <select
          value={String(rateLimit.per_second)}
          onChange={(event) => {
            const perSecond = event.target.value === 'null' ? null : Number(event.target.value);
            void commandSandbox(
              'The rate limit of the sandbox changed',
              () => sandbox('POST', 'rate_limit', { per_second: perSecond }),
              onChange,
            );
          }}
        >
          {LIMITS.map(([text, perSecond]) => (
            <option key={text} value={String(perSecond)}>
              {text}
            </option>
          ))}
        </select>
        <span className="field-note">Requests beyond it get 429, and the connector slows down.</span>
      </label>
      <label className="field">
        <span>Days after which a failed payment is tried again</span>
        <input type="text" value={days} onChange={(event) => setDays(event.target.value)} />
      </label>
      <label className="field">
        <span>A subscription that stays unpaid becomes</span>
        <select
          value={billing.after_retries}
          onChange={(event) =>
            void commandSandbox(
              'Billing changed',
              () => sandbox('POST', 'billing', { after_retries: event.target.value }),
              onChange,
            )
          }
        >
          {['cancel', 'unpaid', 'past_due'].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <button
        type="button"
        onClick={() => {
          const retryDays = days.split(',').map((day) => Number(day.trim()));
          void commandSandbox('Billing changed', () => sandbox('POST', 'billing', { retry_days: retryDays }), onChange);
        }}
      >
        Save the days
      </button>
    </section>
  );
}
