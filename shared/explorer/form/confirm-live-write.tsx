import { useState } from 'preact/hooks';

interface ConfirmLiveWriteProps {
  /** The action to confirm: `Delete Customer`, `Confirm Payment Intent`. */
  readonly what: string;
  /** The text to type as the second confirmation. */
  readonly name: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** Confirms a write with a live key: a question, and then its name to type. */
export function ConfirmLiveWrite({ what, name, onYes, onNo }: ConfirmLiveWriteProps) {
  const [sure, setSure] = useState(false);
  const [typed, setTyped] = useState('');
  return (
    <div class="veil">
      <div class="dialog" role="dialog" aria-modal="true" aria-label="a write on live Stripe">
        <h2>{what} on live Stripe</h2>
        {sure ? (
          <label class="field">
            <span>
              Type <code>{name}</code> to do it
            </span>
            <input autoFocus type="text" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
          </label>
        ) : (
          <p>This key works with real money and real customers. Nothing here can be taken back.</p>
        )}
        <div class="buttons">
          <button type="button" onClick={onNo}>
            Cancel
          </button>
          {sure ? (
            <button type="button" class="danger" disabled={typed !== name} onClick={onYes}>
              {what}
            </button>
          ) : (
            <button type="button" class="danger" onClick={() => setSure(true)}>
              Go on
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
