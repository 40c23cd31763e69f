import { headingLine, headingsOf, markdownParts, markdownAsText } from '../markdown/markdown-text.ts';
import { pageUrl, type DocsPage } from '../page.ts';

/** One result of the search: the page of an entity or an action, a section of another page, or a row of a table. */
export interface SearchRecord {
  readonly id: number;
  readonly url: string;
  /** Title of the page. */
  readonly page: string;
  /**
   * Heading of the section, or the names in the first cell of the row. Empty for the page of an entity or an action,
   * and for the text before the first heading below the H1.
   */
  readonly heading: string;
  /** The text that a result shows below the heading. */
  readonly text: string;
  /**
   * Names by which the search finds a page, although a result does not show them. Pages of entities and actions have
   * names. An index page has an empty text. Other pages lack this field.
   */
  readonly words?: string;
}

/** Maximum characters of `words`. */
const MAX_WORDS = 4000;
/**
 * In a section with more characters (such as the settings or the reasons of errors), each table row that begins with a
 * name has its own record.
 */
const LONG_SECTION = 4000;

/**
 * Returns the records that the browser searches: one per entity, action or index page, and for any other page one per
 * section and per row of a long section.
 */
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
    const location = { url: heading === undefined ? url : `${url}#${heading.anchor}`, page: page.title };
    const isRow = lines.join(' ').length > LONG_SECTION ? isNamedRow : () => false;
    const text = searchableText(lines.filter((line) => !isRow(line)));
    const rows = lines.filter(isRow).map((line) => rowRecord(line));
    if (text === '' && heading === undefined && rows.length === 0) return [];
    return [{ heading: heading?.text ?? '', text }, ...rows].map((record) => ({ ...location, ...record }));
  });
}

/** Returns whether a line is a table row whose first cell begins with a name in backticks. */
function isNamedRow(line: string): boolean {
  return line.startsWith('| `');
}

function rowRecord(line: string): Pick<SearchRecord, 'heading' | 'text'> {
  const [, names = '', ...cells] = line.split(/(?<!\\)\|/);
  return { heading: markdownAsText(names).trim(), text: searchableText(cells) };
}

function searchableText(lines: readonly string[]): string {
  return markdownAsText(lines.join(' ').replaceAll('|', ' ')).trim();
}

/**
 * Returns the lines of each section, without headings and table separators. The first section is the text before the
 * first heading below the H1.
 */
function sectionLines(markdown: string): string[][] {
  const sections: string[][] = [[]];
  for (const { isFence, text } of markdownParts(markdown)) {
    const lines = text.split('\n');
    // The first and the last line of a fenced block are its fences. A `#` inside the block does not begin a heading.
    if (isFence) sections.at(-1)?.push(...lines.slice(1, -1).filter((line) => !isTableSeparator(line)));
    else
      for (const line of lines) {
        const [marks] = headingLine(line) ?? [];
        if (marks !== undefined && marks.length > 1) sections.push([]);
        else if (marks === undefined && !isTableSeparator(line)) sections.at(-1)?.push(line);
      }
  }
  return sections;
}

/** Returns whether a line is the separator below the header of a table. */
function isTableSeparator(line: string): boolean {
  return /^\|[ |:-]*$/.test(line);
}
