import { useState } from 'react';
import { postConsoleCommand, type BurstResult } from '../../api/operator.ts';
import { duration } from '../../format/time.ts';
import { announce } from '../../ui/announcer.tsx';

const BURST_SIZES = [30, 60, 120];

/** Buttons that make the server send many calls at once, so that the limiter rejects some of them. */
export function Burst({ maxWaitMs }: { readonly maxWaitMs: number }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<BurstResult>();
  const [problem, setProblem] = useState<string>();
  const send = async (calls: number): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const next = await postConsoleCommand<BurstResult>('burst', { calls });
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
        {BURST_SIZES.map((calls) => (
          <button key={calls} type="button" aria-disabled={busy} onClick={() => !busy && void send(calls)}>
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
