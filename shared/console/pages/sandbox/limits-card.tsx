import { useState } from 'react';
import { requestSandbox } from '../../api/operator.ts';
import { runSandboxCommand, type SandboxState } from './sandbox-state.ts';

const SANDBOX_RATE_LIMITS: readonly (readonly [text: string, perSecond: number | null])[] = [
  ['None', null],
  ['5 a second', 5],
  ['25 a second', 25],
  ['100 a second', 100],
];

export function LimitsCard({ state, onChange }: { readonly state: SandboxState; readonly onChange: () => void }) {
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
            void runSandboxCommand(
              'The rate limit of the sandbox changed',
              () => requestSandbox('POST', 'rate_limit', { per_second: perSecond }),
              onChange,
            );
          }}
        >
          {SANDBOX_RATE_LIMITS.map(([text, perSecond]) => (
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
      <button
        type="button"
        onClick={() => {
          const retryDays = days.split(',').map((day) => Number(day.trim()));
          void runSandboxCommand(
            'Billing changed',
            () => requestSandbox('POST', 'billing', { retry_days: retryDays }),
            onChange,
          );
        }}
      >
        Save the days
      </button>
      <label className="field">
        <span>A subscription that stays unpaid becomes</span>
        <select
          value={billing.after_retries}
          onChange={(event) =>
            void runSandboxCommand(
              'Billing changed',
              () => requestSandbox('POST', 'billing', { after_retries: event.target.value }),
              onChange,
            )
          }
        >
          {['cancel', 'unpaid', 'past_due'].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </section>
  );
}
