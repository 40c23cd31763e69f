import { useEffect, useState } from 'react';
import { useConsoleRoute } from '../state/route.ts';
import { createConsoleStore, useConsoleStore } from '../state/store.ts';

/** The tone of a message: a fact, a command that succeeded (`good`), or a failure (`bad`). */
type MessageTone = 'plain' | 'good' | 'bad';

interface Announcement {
  readonly number: number;
  readonly text: string;
  readonly tone: MessageTone;
}

const announcements = createConsoleStore<Announcement>({ number: 0, text: '', tone: 'plain' });

/** Shows a message for a short time. Screen readers read it aloud. */
export function announce(text: string, tone: MessageTone = 'plain'): void {
  announcements.set(({ number }) => ({ number: number + 1, text, tone }));
}

/** What a command reports: a text, or a text with whether the command failed. */
type CommandReport = string | { readonly text: string; readonly failed: boolean };

/** Runs a command and announces what it reports, or the message of its error. */
export async function runAndAnnounce(command: () => Promise<CommandReport>): Promise<void> {
  try {
    const report = await command();
    if (typeof report === 'string') announce(report, 'good');
    else announce(report.text, report.failed ? 'bad' : 'good');
  } catch (cause) {
    announce(`Failed: ${cause instanceof Error ? cause.message : String(cause)}`, 'bad');
  }
}

const [TOAST_MS, FAILURE_TOAST_MS] = [4000, 20_000];

/**
 * The live region of the page. A failure stays visible for a longer time, unless the user closes it or opens another
 * page.
 */
export function Announcer() {
  const { number, text, tone } = useConsoleStore(announcements);
  const [hidden, setHidden] = useState(0);
  const page = useConsoleRoute().segments.join('/');
  const failed = tone === 'bad';
  useEffect(() => {
    const timer = setTimeout(() => setHidden(number), failed ? FAILURE_TOAST_MS : TOAST_MS);
    return () => clearTimeout(timer);
  }, [number, failed]);
  useEffect(() => {
    const { number: last, tone: lastTone } = announcements.get();
    if (lastTone === 'bad') setHidden(last);
  }, [page]);
  const shown = text !== '' && number > hidden;
  return (
    <div className={`toast ${tone}${shown ? ' shown' : ''}`}>
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
