import { headingsOf, outsideFences, plainText } from '../markdown/markdown-text.ts';
import { urlOf, type DocsPage } from '../page.ts';

/** One result of the search: a page, or a section of it. */
export interface SearchRecord {
  readonly id: number;
  readonly url: string;
  /** Title of the page. */
  readonly page: string;
  /** Heading of the section. Empty for the text before the first one. */
  readonly heading: string;
  /** Shown below the heading. */
  readonly text: string;
  /** Names that are searched and not shown, of a page that is one of many. */
  readonly words?: string;
}

/** Characters of a section that are searched. */
const MAX_TEXT = 4000;

/** Returns what the browser searches: one record per section of a page, and one per page that is one of many. */
export function searchRecords(pages: readonly DocsPage[]): SearchRecord[] {
  return pages.flatMap(recordsOf).map((record, id) => ({ id, ...record }));
}

function recordsOf(page: DocsPage): Omit<SearchRecord, 'id'>[] {
  const url = urlOf(page.path);
  if (page.searchWords !== undefined) {
    const words = page.searchWords.join(' ').slice(0, MAX_TEXT);
    return [{ url, page: page.title, heading: '', text: plainText(page.description), words }];
  }
  const headings = headingsOf(page.markdown).filter(({ level }) => level > 1);
  const sections = sectionTexts(page.markdown);
  return sections.flatMap((text, index) => {
    const heading = index === 0 ? undefined : headings[index - 1];
    if (text === '' && heading === undefined) return [];
    return [
      {
        url: heading === undefined ? url : `${url}#${heading.anchor}`,
        page: page.title,
        heading: heading?.text ?? '',
        text: text.slice(0, MAX_TEXT),
      },
    ];
  });
}

/** Plain text of the parts between headings; the first is the one below the H1. */
function sectionTexts(markdown: string): string[] {
  // A `#` in an example is no heading.
  const marked = outsideFences(markdown, (text) => text.replace(/^# .*$/gm, '').replace(/^#{2,6} .*$/gm, '\u0000'));
  return marked.split('\u0000').map((part) =>
    plainText(
      part
        .replace(/^ *```.*$/gm, '')
        .replace(/^\|[ |:-]+\|$/gm, '')
        .replaceAll('|', ' '),
    ),
  );
}
