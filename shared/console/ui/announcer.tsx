import { useEffect, useState } from 'react';
import { createConsoleStore, useConsoleStore } from '../state/store.ts';

interface Announcement {
  readonly number: number;
  readonly text: string;
  /** Whether a command failed. */
  readonly failed: boolean;
}

const announcements = createConsoleStore<Announcement>({ number: 0, text: '', failed: false });

/** Shows a short message and has screen readers read it. */
export function announce(text: string, failed = false): void {
  announcements.set(({ number }) => ({ number: number + 1, text, failed }));
}

/** What a command did: a text, and whether it is shown until the user closes it. */
type ShownOutcome = string | { readonly text: string; readonly failed: boolean };

/** Runs a command and shows what it did, or the message of its error. */
export async function tryAnnounced(command: () => Promise<ShownOutcome>): Promise<void> {
  try {
    const done = await command();
    if (typeof done === 'string') announce(done);
    else announce(done.text, done.failed);
  } catch (cause) {
    announce(`Failed: ${cause instanceof Error ? cause.message : String(cause)}`, true);
  }
}

const [SHOWN_MS, FAILED_MS] = [4000, 20_000];

/** The live region of the page. */
export function Announcer() {
  const { number, text, failed } = useConsoleStore(announcements);
  const [hidden, setHidden] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setHidden(number), failed ? FAILED_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [number, failed]);
  const shown = text !== '' && number > hidden;
  return (
    <div className={`toast${shown ? ' shown' : ''}${failed ? ' bad' : ''}`}>
      <span role="status" aria-live={failed ? 'assertive' : 'polite'}>
        {shown ? text : ''}
      </span>
      {shown && failed && (
        <button type="button" className="small" onClick={() => setHidden(number)}>
          Close
        </button>
      )}
    </div>
  );
}
