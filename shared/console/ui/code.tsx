import { useState } from 'react';
import { shownJson } from '../format/secrets.ts';
import { announce } from './announcer.tsx';

/** Copies a text, and reports the result. */
export async function copyText(text: string, message = 'Copied'): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(message);
  } catch {
    announce('The browser did not permit copying', 'bad');
  }
}

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  return (
    <button type="button" className="small" onClick={() => void copyText(text)}>
      {label}
    </button>
  );
}

/** A block of code with a button that copies the text. The block can be scrolled with the keyboard. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="code">
      <CopyButton text={text} label="Copy" />
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
    </div>
  );
}

/** A value as JSON. Its secrets are hidden until the user shows them. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  const [withSecrets, setWithSecrets] = useState(false);
  const text = shownJson(value, false);
  const revealed = shownJson(value, true);
  return (
    <>
      {text !== revealed && (
        <div className="buttons">
          <button type="button" className="small" onClick={() => setWithSecrets(!withSecrets)}>
            {withSecrets ? 'Hide the secrets' : 'Show the secrets'}
          </button>
        </div>
      )}
      <CodeBlock text={withSecrets ? revealed : text} label={label} />
    </>
  );
}
