import { Dialog, DialogDescription, DialogDismiss, DialogHeading } from '@ariakit/react';
import { useState } from 'react';

export interface ConfirmRequest {
  readonly title: string;
  readonly text: string;
  /** The text of the confirming button. */
  readonly buttonLabel: string;
  /** If present, the dialog asks a second time, and the user must type this text. */
  readonly textToType?: string | undefined;
  readonly onConfirm: () => void;
}

/** Asks for confirmation before a call or a command. With `textToType` it asks twice. */
export function ConfirmDialog({
  request,
  onClose,
}: {
  readonly request: ConfirmRequest;
  readonly onClose: () => void;
}) {
  const [isConfirmedOnce, setIsConfirmedOnce] = useState(false);
  const asksAgain = request.textToType !== undefined && !isConfirmedOnce;
  const [text, setText] = useState('');
  const { title, text: description, buttonLabel, textToType, onConfirm } = request;
  const finish = (): void => {
    onClose();
    onConfirm();
  };
  return (
    <Dialog open onClose={onClose} className="dialog" backdrop={<div className="backdrop" />}>
      <DialogHeading className="dialog-title">{title}</DialogHeading>
      <DialogDescription>{description}</DialogDescription>
      {isConfirmedOnce && textToType !== undefined && (
        <label className="field">
          <span>
            <span>
              Type <strong>{textToType}</strong> to confirm
            </span>
          </span>
          <input
            type="text"
            value={text}
            autoFocus
            autoComplete="off"
            onKeyDown={(event) => {
              if (event.key === 'Enter' && text === textToType) finish();
            }}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
      )}
      <div className="buttons end">
        <DialogDismiss className="button">Cancel</DialogDismiss>
        {asksAgain ? (
          <button type="button" className="danger" onClick={() => setIsConfirmedOnce(true)}>
            Continue
          </button>
        ) : (
          <button
            type="button"
            className="danger"
            disabled={textToType !== undefined && text !== textToType}
            onClick={finish}
          >
            {buttonLabel}
          </button>
        )}
      </div>
    </Dialog>
  );
}
