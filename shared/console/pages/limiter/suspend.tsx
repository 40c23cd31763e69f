import { useState } from 'react';
import { postConsoleCommand, type LimiterState } from '../../api/operator.ts';
import { useConnection } from '../../shell/console-context.tsx';
import { ResumeButton } from '../../shell/resume-button.tsx';
import { reloadConnection } from '../../state/connection-revision.ts';
import { runAndAnnounce } from '../../ui/announcer.tsx';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { WriteButton } from '../../ui/write-button.tsx';

/** Suspends the connection on all instances, or resumes it. */
export function SuspendButton({ state, onChange }: { readonly state: LimiterState; readonly onChange: () => void }) {
  const [isConfirming, setIsConfirming] = useState(false);
  const connection = useConnection();
  const { suspended } = state;
  const suspend = async (): Promise<void> => {
    await runAndAnnounce(async () => {
      await postConsoleCommand('suspend');
      return 'Suspended: calls are rejected';
    });
    onChange();
    reloadConnection();
  };
  if (suspended === 'settings') return null;
  return (
    <>
      {suspended === null ? (
        <WriteButton className="danger-outline" onClick={() => setIsConfirming(true)}>
          Suspend
        </WriteButton>
      ) : (
        <ResumeButton text="Resume" onResumed={onChange} />
      )}
      {isConfirming && (
        <ConfirmDialog
          request={{
            title: 'Suspend the connection?',
            text: 'Every instance rejects its calls within two seconds, until someone resumes it.',
            buttonLabel: 'Suspend',
            textToType: connection.connection,
            onConfirm: () => void suspend(),
          }}
          onClose={() => setIsConfirming(false)}
        />
      )}
    </>
  );
}
