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
  /** True if the group contains the current page. */
  readonly isOpen: boolean;
}

/**
 * Returns the navigation of a page: the sections with their listed pages, without index pages: the title of a section
 * links to its index page.
 */
export function siteNavigation(pages: readonly DocsPage[], current: DocsPage): NavigationGroup[] {
  const currentEntry = navigationPage(pages, current);
  return SECTIONS.flatMap(({ id, title, index }) => {
    const entries = pages
      .filter((page) => page.section === id && page.isListed && page.path !== index)
      .map((page) => ({ label: page.label, url: pageUrl(page.path), isCurrent: page === currentEntry }));
    if (entries.length === 0) return [];
    const url = index === undefined ? undefined : pageUrl(index);
    return [{ title, url, entries, isOpen: current.section === id }];
  });
}

/**
 * Returns the entry of the navigation for a page: the page itself if it is listed, else its parent, such as
 * `reference/entities` for `reference/entities/Customer`.
 */
function navigationPage(pages: readonly DocsPage[], page: DocsPage): DocsPage | undefined {
  if (page.isListed) return page;
  const parentPath = page.path.split('/').slice(0, -1).join('/');
  return pages.find(({ path, isListed }) => isListed && path === parentPath);
}

export interface PageNeighbors {
  readonly previous: DocsPage | undefined;
  readonly next: DocsPage | undefined;
}

/**
 * Returns the pages before and after a page in the order of the navigation. A page that the navigation does not list
 * has neither.
 */
export function neighborsOf(pages: readonly DocsPage[], current: DocsPage): PageNeighbors {
  const order = SECTIONS.flatMap((section) =>
    pages.filter((page) => page.section === section.id && page.isListed && page.path !== section.index),
  );
  const index = order.indexOf(current);
  if (index < 0) return { previous: undefined, next: undefined };
  return { previous: order[index - 1], next: order[index + 1] };
}
