import { useEffect, useRef } from 'react';
import { hashOf } from '../../state/route.ts';

interface NoResponseProps {
  readonly problem: Error;
  /** The operationId of a write, whose outcome is unknown. Undefined for a call that changes nothing. */
  readonly operationId: string | undefined;
  readonly onRepeat: () => void;
}

/** Reports a call whose response did not arrive. Its heading gets the focus. */
export function NoResponse({ problem, operationId, onRepeat }: NoResponseProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'start' });
  }, [problem]);
  return (
    <section className="failure" aria-label="No response" role="alert">
      <h2 ref={heading} tabIndex={-1}>
        No response
      </h2>
      <p>The server does not respond. The form keeps what you typed.</p>
      {operationId !== undefined && (
        <p>
          Whether the call took effect is unknown. A repeat with the same operationId,{' '}
          <a href={hashOf(['operations', operationId])}>{operationId}</a>, has no second effect.
        </p>
      )}
      <button type="button" onClick={onRepeat}>
        {operationId === undefined ? 'Try again' : 'Repeat with the same operationId'}
      </button>
    </section>
  );
}
