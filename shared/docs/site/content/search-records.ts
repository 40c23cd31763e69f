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

/** Characters of the words of a page that is one of many. */
const MAX_WORDS = 4000;
/** A table in a section above this length has a record for each of its rows: reasons of errors, settings. */
const LONG_SECTION = 4000;

/** Returns what the browser searches: one record per section of a page, and one per page that is one of many. */
export function searchRecords(pages: readonly DocsPage[]): SearchRecord[] {
  return pages.flatMap(recordsOf).map((record, id) => ({ id, ...record }));
}

function recordsOf(page: DocsPage): Omit<SearchRecord, 'id'>[] {
  const url = pageUrl(page.path);
  if (page.searchWords !== undefined) {
    const words = page.searchWords.join(' ').slice(0, MAX_WORDS);
    return [{ url, page: page.title, heading: '', text: markdownAsText(page.description), words }];
  }
  const headings = headingsOf(page.markdown).filter(({ level }) => level > 1);
  return sectionLines(page.markdown).flatMap((lines, index) => {
    const heading = index === 0 ? undefined : headings[index - 1];
    const at = { url: heading === undefined ? url : `${url}#${heading.anchor}`, page: page.title };
    const isRow = lines.join(' ').length > LONG_SECTION ? isNamedRow : () => false;
    const text = searchedText(lines.filter((line) => !isRow(line)));
    const rows = lines.filter(isRow).map((line) => rowRecord(line));
    if (text === '' && heading === undefined && rows.length === 0) return [];
    return [{ heading: heading?.text ?? '', text }, ...rows].map((part) => ({ ...at, ...part }));
  });
}

/** A row of a table whose first cell has names. */
const isNamedRow = (line: string): boolean => line.startsWith('| `');

function rowRecord(line: string): Pick<SearchRecord, 'heading' | 'text'> {
  const [, names = '', ...cells] = line.split(/(?<!\\)\|/);
  return { heading: markdownAsText(names).trim(), text: searchedText(cells) };
}

const searchedText = (lines: readonly string[]): string => markdownAsText(lines.join(' ').replaceAll('|', ' ')).trim();

/** Lines of the parts between headings; the first is the one below the H1. */
function sectionLines(markdown: string): string[][] {
  const sections: string[][] = [[]];
  for (const { isFence, text } of markdownParts(markdown))
    // A `#` in an example is no heading.
    for (const line of isFence ? text.split('\n').slice(1, -1) : text.split('\n')) {
      const [marks] = isFence ? [] : (headingLine(line) ?? []);
      if (marks !== undefined && marks.length > 1) sections.push([]);
      else if (marks === undefined && !/^\|[ |:-]*$/.test(line)) sections.at(-1)?.push(line);
    }
  return sections;
}
