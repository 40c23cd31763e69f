import { useState } from 'react';
import { postConsoleCommand } from '../../api/operator.ts';
import { announce } from '../../ui/announcer.tsx';
import { WriteButton } from '../../ui/write-button.tsx';

/** Form in which an operator records the outcome of an operation, after having looked for the object at Stripe. */
export function ResolveForm({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const [effect, setEffect] = useState('done');
  const [reason, setReason] = useState('');
  const [by, setBy] = useState('');
  const [objectId, setObjectId] = useState('');
  const [problem, setProblem] = useState<string>();
  const resolve = async (): Promise<void> => {
    try {
      await postConsoleCommand(`operations/${encodeURIComponent(id)}/resolve`, {
        effect,
        reason,
        by,
        object: objectId === '' ? undefined : objectId,
      });
      announce('Resolved', 'good');
      onDone();
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause));
    }
  };
  const text = (label: string, value: string, set: (text: string) => void, required: boolean) => (
    <label className="field">
      <span>
        {label} {required && <span className="required">required</span>}
      </span>
      <input type="text" value={value} aria-required={required} onChange={(event) => set(event.target.value)} />
    </label>
  );
  return (
    <section className="card" aria-label="Resolve">
      <h2>Resolve</h2>
      <p>Look at the object at Stripe first. What you record here decides what a repeat does.</p>
      <div className="fields">
        <label className="field">
          <span>What happened at Stripe</span>
          <select value={effect} onChange={(event) => setEffect(event.target.value)}>
            <option value="done">It was done</option>
            <option value="none">It was not done</option>
          </select>
        </label>
        {text('Reason', reason, setReason, true)}
        {text('Your name', by, setBy, true)}
        {effect === 'done' && text('Id of the object', objectId, setObjectId, false)}
      </div>
      {problem !== undefined && (
        <p role="alert" className="field-error">
          {problem}
        </p>
      )}
      <div className="buttons">
        <WriteButton
          className="danger"
          disabledReason={
            reason.trim() === '' || by.trim() === '' ? 'Write the reason and your name first.' : undefined
          }
          onClick={() => void resolve()}
        >
          Record
        </WriteButton>
      </div>
    </section>
  );
}
