import { useState } from 'react';
import { postConsoleCommand, readEvents } from '../../api/operator.ts';
import { countedNoun } from '../../format/words.ts';
import { hashOf } from '../../state/hash.ts';
import { runAndAnnounce } from '../../ui/announcer.tsx';
import { focusHeading } from '../../ui/page.tsx';
import { WriteButton } from '../../ui/write-button.tsx';

/** Ids of all held events in the order of their arrival, in which subscribers expect them. */
async function heldEvents(): Promise<readonly string[]> {
  const ids: string[] = [];
  let pageToken: string | null | undefined;
  do {
    const query = hashOf([], { outcome: 'held', limit: '50', pageToken: pageToken ?? undefined }).slice(2);
    const { events, nextPageToken } = await readEvents(query);
    ids.push(...events.map(({ id }) => id));
    pageToken = nextPageToken;
  } while (typeof pageToken === 'string');
  return ids.reverse();
}

/**
 * A button that publishes the events that arrived during a pause. It stops at the first replay that the server rejects.
 */
export function PublishHeld({ onChange }: { readonly onChange: () => void }) {
  const [busy, setBusy] = useState(false);
  const publish = async (): Promise<void> => {
    setBusy(true);
    await runAndAnnounce(async () => {
      const ids = await heldEvents();
      for (const id of ids) await postConsoleCommand(`events/${id}/replay`);
      // The button disappears with the last held event.
      focusHeading();
      return `${countedNoun(ids.length, 'held event')} replayed`;
    });
    setBusy(false);
    onChange();
  };
  return (
    <p>
      The next run of <code>reconcile-events</code> publishes held events.{' '}
      <WriteButton className="small" busy={busy} onClick={() => void publish()}>
        Publish them now
      </WriteButton>
    </p>
  );
}
