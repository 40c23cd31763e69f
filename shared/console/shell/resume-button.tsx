import { postConsoleCommand } from '../api/operator.ts';
import { reloadConnection } from '../state/connection-revision.ts';
import { runAndAnnounce } from '../ui/announcer.tsx';
import { WriteButton } from '../ui/write-button.tsx';

interface ResumeButtonProps {
  readonly text: string;
  readonly small?: boolean;
  /** Runs after the connection has resumed. */
  readonly onResumed?: () => void;
}

/** Button that ends an operator's suspension of the connection on all instances. */
export function ResumeButton({ text, small = false, onResumed }: ResumeButtonProps) {
  const resume = async (): Promise<void> => {
    await runAndAnnounce(async () => {
      await postConsoleCommand('resume');
      onResumed?.();
      return 'Resumed: calls are accepted';
    });
    reloadConnection();
  };
  return (
    <WriteButton className={small ? 'small' : 'primary'} onClick={() => void resume()}>
      {text}
    </WriteButton>
  );
}
