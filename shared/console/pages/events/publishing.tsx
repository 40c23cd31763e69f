import { postConsoleCommand, readLimiter } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { runAndAnnounce } from '../../ui/announcer.tsx';
import { WriteButton } from '../../ui/write-button.tsx';

const PUBLISHING_POLL_MS = 5000;

/** Pauses or resumes publishing. During a pause, events are acknowledged to Stripe and held. */
export function Publishing() {
  const { data, reload } = useLoaded('publishing', readLimiter, PUBLISHING_POLL_MS);
  if (data === undefined) return null;
  const { paused, reason } = data.publishing;
  const toggle = async (): Promise<void> => {
    await runAndAnnounce(async () => {
      await (paused
        ? postConsoleCommand('publishing/resume')
        : postConsoleCommand('publishing/pause', { reason: 'paused in the console' }));
      return paused ? 'Publishing resumed' : 'Publishing paused: events are held';
    });
    reload();
  };
  return (
    <>
      {paused && <span className="badge waiting">Paused{reason === '' ? '' : `: ${reason}`}</span>}
      <WriteButton onClick={() => void toggle()}>{paused ? 'Resume publishing' : 'Pause publishing'}</WriteButton>
    </>
  );
}
