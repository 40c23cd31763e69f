import type { ReactNode } from 'react';

/** The current page of a table. `next` and `previous` are undefined if there is no such page. */
export interface TablePages {
  readonly number: number;
  readonly next: (() => void) | undefined;
  readonly previous: (() => void) | undefined;
  /** `25 rows` */
  readonly summary: string;
}

export function Pager({ pages, children }: { readonly pages: TablePages; readonly children?: ReactNode }) {
  const { number, next, previous, summary } = pages;
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
