import type { ReactNode } from 'react';

/**
 * The current page of a table. `next` and `previous` open the next and the previous page, and are undefined without
 * such a page.
 */
export interface Pagination {
  readonly number: number;
  readonly next: (() => void) | undefined;
  readonly previous: (() => void) | undefined;
  /** `25 rows` */
  readonly summary: string;
}

export function Pager({ pagination, children }: { readonly pagination: Pagination; readonly children?: ReactNode }) {
  const { number, next, previous, summary } = pagination;
  return (
    <nav className="pager" aria-label="Pages">
      <button type="button" disabled={previous === undefined} onClick={previous}>
        Previous
      </button>
      <span role="status">
        Page {number}, {summary}
      </span>
      <button type="button" disabled={next === undefined} onClick={next}>
        Next
      </button>
      {children}
    </nav>
  );
}
