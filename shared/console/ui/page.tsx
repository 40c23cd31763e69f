import { useEffect, useRef, type ReactNode } from 'react';

interface PageProps {
  readonly title: string;
  /** The title of the browser's tab. Default: `title`. */
  readonly tab?: string;
  readonly lead?: ReactNode;
  readonly crumbs?: readonly (readonly [text: string, hash: string])[];
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** True until the first page is shown. The first page does not move the focus to its heading. */
let isFirstPage = true;

/** Moves the focus to the heading of the page, for example before the focused button disappears. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus();
}

/** The frame of a page: title, breadcrumbs and buttons. After navigation the heading gets the focus. */
export function PageFrame({ title, tab = title, lead, crumbs = [], actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab} · Stripe connector`;
  }, [tab]);
  useEffect(() => {
    if (isFirstPage) isFirstPage = false;
    else heading.current?.focus({ preventScroll: false });
  }, [title]);
  return (
    <>
      {crumbs.length > 0 && (
        <nav aria-label="Breadcrumbs" className="crumbs">
          {crumbs.map(([text, hash], index) => (
            <span key={hash}>
              {index > 0 && ' / '}
              <a href={hash}>{text}</a>
            </span>
          ))}
        </nav>
      )}
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {lead !== undefined && <p className="lead">{lead}</p>}
      {children}
    </>
  );
}
