import { useState } from 'react';
import type { FaultKind } from '../../../sandbox/control/faults.ts';

/** What each fault does to a request to the sandbox. */
export const FAULT_TEXTS: Readonly<Record<FaultKind, string>> = {
  rate_limit: '429',
  rate_limit_retry_after: '429 with Retry-After',
  lock_timeout: '429: the object is locked',
  conflict: '409: the key is in use',
  error_500: '500 before the effect',
  error_500_after: '500 after the effect',
  html_503: '503 with a page of HTML',
  forbidden: '403: the key has no permission',
  unauthorized: '401: the key is not valid',
  reset_before: 'the connection breaks before the effect',
  reset_after: 'the connection breaks after the effect',
  truncated: 'the response ends too early',
  empty: 'an empty response',
  delay: 'a slow response',
  hang: 'no response',
  should_retry: '500 with Stripe-Should-Retry: true',
  should_not_retry: '500 with Stripe-Should-Retry: false',
};

const DELAY_MS = 3000;

/** Form of a fault that the sandbox applies to the next matching requests. */
export function FaultForm({ onAdd }: { readonly onAdd: (fault: object) => void }) {
  const [kind, setKind] = useState<FaultKind>('error_500');
  const [times, setTimes] = useState('1');
  const [method, setMethod] = useState('POST');
  const [path, setPath] = useState('/v1/');
  return (
    <form
      className="fields"
      aria-label="New fault"
      onSubmit={(event) => {
        event.preventDefault();
        onAdd({
          kind,
          times: Number(times),
          method: method === '' ? undefined : method,
          path: path === '' ? undefined : path,
          ms: kind === 'delay' ? DELAY_MS : undefined,
        });
      }}
    >
      <label className="field">
        <span>What goes wrong</span>
        <select value={kind} onChange={(event) => setKind(event.target.value as FaultKind)}>
          {Object.entries(FAULT_TEXTS).map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Times</span>
        <input type="number" min={1} max={1000} value={times} onChange={(event) => setTimes(event.target.value)} />
      </label>
      <label className="field">
        <span>Method</span>
        <select value={method} onChange={(event) => setMethod(event.target.value)}>
          <option value="">Any</option>
          <option>GET</option>
          <option>POST</option>
          <option>DELETE</option>
        </select>
      </label>
      <label className="field">
        <span>Path begins with</span>
        <input type="text" value={path} onChange={(event) => setPath(event.target.value)} />
      </label>
      <div className="buttons">
        <button type="submit">Set the fault</button>
      </div>
    </form>
  );
}
