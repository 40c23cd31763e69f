import { useEffect, useState } from 'react';
import { createConsoleStore, useConsoleStore } from '../state/store.ts';

interface Announcement {
  readonly number: number;
  readonly text: string;
}

const announcements = createConsoleStore<Announcement>({ number: 0, text: '' });

/** Shows a short message and has screen readers read it. */
export function announce(text: string): void {
  announcements.set(({ number }) => ({ number: number + 1, text }));
}

/** Runs a command and shows the text that it returns, or the message of its error. */
export async function tryAnnounced(command: () => Promise<string>): Promise<void> {
  try {
    announce(await command());
  } catch (cause) {
    announce(cause instanceof Error ? cause.message : String(cause));
  }
}

const SHOWN_MS = 4000;

/** The live region of the page. */
export function Announcer() {
  const { number, text } = useConsoleStore(announcements);
  const [hidden, setHidden] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setHidden(number), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [number]);
  const shown = text !== '' && number > hidden;
  return (
    <div className={shown ? 'toast shown' : 'toast'} role="status" aria-live="polite">
      {shown ? text : ''}
    </div>
  );
}
