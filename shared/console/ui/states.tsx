import type { ReactNode } from 'react';
import { ConsoleRequestError, UnreachableError } from '../api/http.ts';

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="skeleton" role="status" aria-label={`Loading ${what}`}>
      <span className="bar" />
      <span className="bar" />
      <span className="bar short" />
    </div>
  );
}

export function EmptyState({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** An error in place of what a page should show. */
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
