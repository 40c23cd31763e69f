import { useEffect } from 'react';
import { readActivity } from '../api/operator.ts';
import { useReachability } from '../api/reachability.ts';
import { focusHeading } from '../ui/page.tsx';
import { useConnection } from './console-context.tsx';
import { ResumeButton } from './resume-button.tsx';

const [HEARTBEAT_MS, RETRY_MS] = [4000, 1500];

/** Reports that the server does not respond, or that the connection is suspended or not healthy. */
export function Banner() {
  const { online } = useReachability();
  const { health, suspended } = useConnection();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const checkServer = async (): Promise<void> => {
      // This request costs no request to Stripe, because the server responds from its memory.
      if (!document.hidden || !online) await readActivity().catch(() => undefined);
      timer = setTimeout(() => void checkServer(), online ? HEARTBEAT_MS : RETRY_MS);
    };
    timer = setTimeout(() => void checkServer(), online ? HEARTBEAT_MS : RETRY_MS);
    return () => clearTimeout(timer);
  }, [online]);
  return (
    <div aria-live="assertive" className="banners">
      {!online && (
        <div className="banner bad" data-banner="offline">
          <strong>The server does not respond.</strong> What you see may be old; forms keep what you typed. This page
          tries again every few seconds.{' '}
          <button type="button" className="small" onClick={() => void readActivity().catch(() => undefined)}>
            Try now
          </button>
        </div>
      )}
      {online && suspended !== null && (
        <div className="banner bad" data-banner="suspended">
          <strong>The connection is suspended</strong> by{' '}
          {suspended === 'operator' ? 'an operator' : 'the setting suspended'}. Calls are rejected and nothing is sent
          to Stripe.{' '}
          {suspended === 'operator' && <ResumeButton text="Resume the connection" small onResumed={focusHeading} />}
        </div>
      )}
      {online && health.state !== 'ACTIVE' && suspended === null && (
        <div className="banner bad">
          <strong>{health.state}</strong> {health.description}
        </div>
      )}
    </div>
  );
}
