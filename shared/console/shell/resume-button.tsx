import { postConsoleCommand } from '../api/operator.ts';
import { readConnectionAgain } from '../state/connection-round.ts';
import { tryAnnounced } from '../ui/announcer.tsx';
import { useConnection, whyReadOnly } from './offer.tsx';

interface ResumeButtonProps {
  readonly text: string;
  readonly small?: boolean;
  readonly onDone?: () => void;
}

/** Ends a suspension by an operator, on all instances. */
export function ResumeButton({ text, small = false, onDone }: ResumeButtonProps) {
  const closed = whyReadOnly(useConnection());
  const resume = async (): Promise<void> => {
    await tryAnnounced(async () => {
      await postConsoleCommand('resume');
      return 'Resumed: calls are accepted';
    });
    onDone?.();
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
