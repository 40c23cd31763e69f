import { useState } from 'react';
import { postConsoleCommand, type LimiterState } from '../../api/operator.ts';
import { useConnection, whyReadOnly } from '../../shell/offer.tsx';
import { readConnectionAgain } from '../../state/connection-round.ts';
import { tryAnnounced } from '../../ui/announcer.tsx';
import { ConfirmDialog } from '../../ui/confirm.tsx';

/** Suspends the connection on all instances, or resumes it. */
export function SuspendButton({ state, onChange }: { readonly state: LimiterState; readonly onChange: () => void }) {
  const [asking, setAsking] = useState(false);
  const connection = useConnection();
  const closed = whyReadOnly(connection);
  const { suspended } = state;
  const set = async (command: 'suspend' | 'resume'): Promise<void> => {
    await tryAnnounced(async () => {
      await postConsoleCommand(command);
      return command === 'suspend' ? 'Suspended: calls are rejected' : 'Resumed: calls are accepted';
    });
    onChange();
    readConnectionAgain();
  };
  if (suspended === 'settings') return null;
  return (
    <>
      {suspended === null ? (
        <button
          type="button"
          className="danger-outline"
          disabled={closed !== undefined}
          title={closed}
          onClick={() => setAsking(true)}
        >
          Suspend
        </button>
      ) : (
        <button type="button" className="primary" disabled={closed !== undefined} onClick={() => void set('resume')}>
          Resume
        </button>
      )}
      {asking && (
        <ConfirmDialog
          request={{
            title: 'Suspend the connection?',
            text: 'Every instance rejects its calls within two seconds, until someone resumes it.',
            action: 'Suspend',
            typed: connection.connection,
            onConfirm: () => void set('suspend'),
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
