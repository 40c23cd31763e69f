import type { ReactNode } from 'react';
import { ConsoleRequestError, UnreachableError } from '../api/http.ts';

/** The number of bars of each skeleton. The skeleton of a table has a header and eight rows, with five columns. */
const SHAPES = { lines: 3, table: 45, cards: 4, form: 6 } as const;

interface LoadingProps {
  readonly what: string;
  readonly shape?: keyof typeof SHAPES;
}

/** A skeleton in the shape of the content that is being loaded. */
export function Loading({ what, shape = 'lines' }: LoadingProps) {
  return (
    <div className={`skeleton ${shape}`} role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: SHAPES[shape] }, (_, index) => (
        <span key={index} className="bar" />
      ))}
    </div>
  );
}

interface LoadStateProps extends LoadingProps {
  readonly error: Error | undefined;
  readonly onRetry: () => void;
}

/** Shown in place of content that is not loaded: an error, or a skeleton while the content loads. */
export function LoadState({ error, onRetry, ...loading }: LoadStateProps) {
  return error === undefined ? <Loading {...loading} /> : <ErrorState error={error} onRetry={onRetry} />;
}

export function EmptyState({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Shows an error in place of content that could not be loaded. */
export function ErrorState({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const offline = error instanceof UnreachableError;
  const reason = error instanceof ConsoleRequestError ? error.reason : undefined;
  return (
    <div className="failure" role="alert">
      <p className="failure-title">{offline ? 'The server does not respond' : error.message}</p>
      {offline && <p>This page loads again as soon as the server is back.</p>}
      {reason !== undefined && <p className="muted">{reason}</p>}
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
