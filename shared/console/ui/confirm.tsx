import { Dialog, DialogDescription, DialogDismiss, DialogHeading } from '@ariakit/react';
import { useState } from 'react';

export interface ConfirmRequest {
  readonly title: string;
  readonly text: string;
  /** The text of the confirming button. */
  readonly action: string;
  /** With it the user must also type this name: the second question. */
  readonly typed?: string | undefined;
  readonly onConfirm: () => void;
}

/** Asks before a call that cannot be undone, and a second time by typing its name. */
export function ConfirmDialog({
  request,
  onClose,
}: {
  readonly request: ConfirmRequest;
  readonly onClose: () => void;
}) {
  const [sure, setSure] = useState(false);
  const [text, setText] = useState('');
  const { title, text: description, action, typed, onConfirm } = request;
  const finish = (): void => {
    onClose();
    onConfirm();
  };
  return (
    <Dialog open onClose={onClose} className="dialog" backdrop={<div className="backdrop" />}>
      <DialogHeading className="dialog-title">{title}</DialogHeading>
      <DialogDescription>{description}</DialogDescription>
      {sure && typed !== undefined && (
        <label className="field">
          <span>
            <span>
              Type <strong>{typed}</strong> to confirm
            </span>
          </span>
          <input
            type="text"
            value={text}
            autoFocus
            autoComplete="off"
            onKeyDown={(event) => {
              if (event.key === 'Enter' && text === typed) finish();
            }}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
      )}
      <div className="buttons end">
        <DialogDismiss className="button">Cancel</DialogDismiss>
        {typed === undefined ? (
          <button type="button" className="danger" onClick={finish}>
            {action}
          </button>
        ) : sure ? (
          <button type="button" className="danger" disabled={text !== typed} onClick={finish}>
            {action}
          </button>
        ) : (
          <button type="button" className="danger" onClick={() => setSure(true)}>
            Continue
          </button>
        )}
      </div>
    </Dialog>
  );
}
