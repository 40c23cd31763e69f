import { SECTIONS, pageUrl, type DocsPage } from '../page.ts';

interface NavigationEntry {
  readonly label: string;
  readonly url: string;
  readonly isCurrent: boolean;
}

export interface NavigationGroup {
  readonly title: string;
  readonly url: string | undefined;
  readonly entries: readonly NavigationEntry[];
  /** Whether it has the current page. */
  readonly isOpen: boolean;
}

/** Returns the sections with their listed pages, as one page shows them. */
export function siteNavigation(pages: readonly DocsPage[], current: DocsPage): NavigationGroup[] {
  const shown = navigationPage(pages, current);
  return SECTIONS.flatMap(({ id, title, index }) => {
    const entries = pages
      .filter((page) => page.section === id && page.isListed && page.path !== index)
      .map((page) => ({ label: page.label, url: pageUrl(page.path), isCurrent: page === shown }));
    if (entries.length === 0) return [];
    const url = index === undefined ? undefined : pageUrl(index);
    return [{ title, url, entries, isOpen: current.section === id }];
  });
}

/** The entry of a page that is one of many: `reference/entities/Customer` -> `reference/entities`. */
function navigationPage(pages: readonly DocsPage[], page: DocsPage): DocsPage | undefined {
  if (page.isListed) return page;
  const above = page.path.split('/').slice(0, -1).join('/');
  return pages.find(({ path, isListed }) => isListed && path === above);
}

export interface PageNeighbors {
  readonly previous: DocsPage | undefined;
  readonly next: DocsPage | undefined;
}

/** The pages before and after one in the order of the navigation. */
export function neighborsOf(pages: readonly DocsPage[], current: DocsPage): PageNeighbors {
  const order = SECTIONS.flatMap(({ id, index }) =>
    pages.filter((page) => page.section === id && page.isListed && page.path !== index),
  );
  const at = order.indexOf(current);
  return at < 0 ? { previous: undefined, next: undefined } : { previous: order[at - 1], next: order[at + 1] };
}
