import { headingLine, headingsOf, markdownParts, markdownAsText } from '../markdown/markdown-text.ts';
import { pageUrl, type DocsPage } from '../page.ts';

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
const MAX_SEARCHED_TEXT = 4000;

/** Returns what the browser searches: one record per section of a page, and one per page that is one of many. */
export function searchRecords(pages: readonly DocsPage[]): SearchRecord[] {
  return pages.flatMap(recordsOf).map((record, id) => ({ id, ...record }));
}

function recordsOf(page: DocsPage): Omit<SearchRecord, 'id'>[] {
  const url = pageUrl(page.path);
  if (page.searchWords !== undefined) {
    const words = page.searchWords.join(' ').slice(0, MAX_SEARCHED_TEXT);
    return [{ url, page: page.title, heading: '', text: markdownAsText(page.description), words }];
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
        text: text.slice(0, MAX_SEARCHED_TEXT),
      },
    ];
  });
}

/** Plain text of the parts between headings; the first is the one below the H1. */
function sectionTexts(markdown: string): string[] {
  const sections: string[][] = [[]];
  for (const { isFence, text } of markdownParts(markdown))
    // A `#` in an example is no heading.
    for (const line of isFence ? text.split('\n').slice(1, -1) : text.split('\n')) {
      const [marks] = isFence ? [] : (headingLine(line) ?? []);
      if (marks !== undefined && marks.length > 1) sections.push([]);
      else if (marks === undefined && !/^\|[ |:-]*$/.test(line)) sections.at(-1)?.push(line.replaceAll('|', ' '));
    }
  return sections.map((lines) => markdownAsText(lines.join(' ')));
}
