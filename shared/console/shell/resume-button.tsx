import { postConsoleCommand } from '../api/operator.ts';
import { readConnectionAgain } from '../state/connection-round.ts';
import { tryAnnounced } from '../ui/announcer.tsx';
import { useConnection, whyReadOnly } from './offer.tsx';

interface ResumeButtonProps {
  readonly text: string;
  readonly small?: boolean;
  /** Runs after the connection has resumed. */
  readonly onResumed?: () => void;
}

/** Ends the suspension that an operator started, on all instances. */
export function ResumeButton({ text, small = false, onResumed }: ResumeButtonProps) {
  const closed = whyReadOnly(useConnection());
  const resume = async (): Promise<void> => {
    await tryAnnounced(async () => {
      await postConsoleCommand('resume');
      onResumed?.();
      return 'Resumed: calls are accepted';
    });
    readConnectionAgain();
  };
  return (
    <button
      type="button"
      className={small ? 'small' : 'primary'}
      disabled={closed !== undefined}
      title={closed}
      onClick={() => void resume()}
    >
      {text}
    </button>
  );
}
