import type { ReactNode } from 'react';
import { useConnection, readOnlyReason } from '../shell/console-context.tsx';

interface WriteButtonProps {
  readonly className?: string;
  /** Why this command is not possible although writes are permitted. Undefined if it is possible. */
  readonly disabledReason?: string | undefined;
  /** While the command runs, the button keeps the focus and does nothing. */
  readonly busy?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/**
 * A button that changes something. It is disabled if writes are not permitted or the command is not possible, and its
 * tooltip says why.
 */
export function WriteButton({ className, disabledReason, busy = false, onClick, children }: WriteButtonProps) {
  const reason = readOnlyReason(useConnection()) ?? disabledReason;
  return (
    <button
      type="button"
      className={className}
      disabled={reason !== undefined}
      aria-disabled={busy}
      title={reason}
      onClick={() => {
        if (!busy) onClick();
      }}
    >
      {children}
    </button>
  );
}
