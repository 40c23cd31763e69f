/** Reads Markdown as text: fences, links, headings, anchors, the first paragraph. */

export interface DocsHeading {
  readonly level: number;
  /** Without Markdown. */
  readonly text: string;
  readonly anchor: string;
}

/** Consecutive lines: one fenced block, or text outside of fenced blocks. */
export interface MarkdownPart {
  readonly isFence: boolean;
  readonly text: string;
}

/** Splits a page at its fenced blocks. Joining the parts with line breaks gives the page again. */
export function markdownParts(markdown: string): MarkdownPart[] {
  const parts: { isFence: boolean; lines: string[] }[] = [];
  let closing: string | undefined;
  for (const line of markdown.split('\n')) {
    const fence = /^ *```/.exec(line)?.[0];
    const isOpening = closing === undefined && fence !== undefined;
    const isFence = isOpening || closing !== undefined;
    const last = parts.at(-1);
    if (last === undefined || isOpening || last.isFence !== isFence) parts.push({ isFence, lines: [line] });
    else last.lines.push(line);
    if (isOpening) closing = fence;
    else if (line === closing) closing = undefined;
  }
  return parts.map(({ isFence, lines }) => ({ isFence, text: lines.join('\n') }));
}

/** Returns the Markdown with `change` applied to each part outside fenced blocks. */
export function outsideFences(markdown: string, change: (text: string) => string): string {
  return markdownParts(markdown)
    .map(({ isFence, text }) => (isFence ? text : change(text)))
    .join('\n');
}

/** Returns the lines outside fenced blocks. */
function textLines(markdown: string): string[] {
  return markdownParts(markdown).flatMap(({ isFence, text }) => (isFence ? [] : text.split('\n')));
}

/** Removes the HTML comments of a text, each with the empty lines after it. */
export function withoutComments(text: string): string {
  const [first = '', ...others] = text.split('<!--');
  return first + others.map((part) => part.slice(part.indexOf('-->') + 3).replace(/^\n+/, '')).join('');
}

/** Replaces each inline link, `[label](target)`, with the result of `replace`. */
export function replaceLinks(text: string, replace: (label: string, target: string) => string): string {
  let position = 0;
  let replaced = '';
  for (;;) {
    const middle = text.indexOf('](', position);
    const start = middle < 0 ? -1 : text.lastIndexOf('[', middle);
    const end = middle < 0 ? -1 : text.indexOf(')', middle);
    if (middle < 0 || end < 0) return replaced + text.slice(position);
    if (start < position) replaced += text.slice(position, end + 1);
    else replaced += text.slice(position, start) + replace(text.slice(start + 1, middle), text.slice(middle + 2, end));
    position = end + 1;
  }
}

/** Returns Markdown as plain text of one line. */
export function markdownAsText(markdown: string): string {
  return replaceLinks(markdown, (label) => label)
    .replace(/\\([\\`*_{}[\]()#+.!|<>-])/g, '$1')
    .replaceAll('**', '')
    .replaceAll('`', '')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Returns the anchor of a heading as GitHub derives it: lower case, without punctuation, spaces as hyphens.
 * https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export function headingAnchor(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** Generates the anchors of a page. A repeated anchor gets a number, as on GitHub: `usage`, `usage-1`. */
export class Anchors {
  private readonly counts = new Map<string, number>();

  next(text: string): string {
    const anchor = headingAnchor(text);
    const count = this.counts.get(anchor) ?? 0;
    this.counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  }
}

/** Returns the headings of a page in order. */
export function headingsOf(markdown: string): DocsHeading[] {
  const anchors = new Anchors();
  return textLines(markdown).flatMap((line) => {
    const [marks, markdownText] = headingLine(line) ?? [];
    if (marks === undefined || markdownText === undefined) return [];
    const text = markdownAsText(markdownText);
    return [{ level: marks.length, text, anchor: anchors.next(text) }];
  });
}

/** Returns the number signs and the text of a heading. Returns undefined for another line. */
export function headingLine(line: string): readonly [marks: string, text: string] | undefined {
  const match = /^(#{1,6}) (.*)$/.exec(line);
  return match === null ? undefined : [match[1] ?? '', match[2] ?? ''];
}

const MAX_DESCRIPTION = 200;

/**
 * Returns the first paragraph as text. If it is longer than 200 characters, returns its first whole sentences, or the
 * first words if no sentence fits. Returns `''` without a paragraph.
 */
export function firstParagraph(markdown: string): string {
  const lines = textLines(withoutComments(markdown));
  const isText = (line: string): boolean => line !== '' && !/^(?:#|\||>|[-*] |\d+\. | )/.test(line);
  const start = lines.findIndex((line, index) => isText(line) && (index === 0 || !isText(lines[index - 1] ?? '')));
  if (start < 0) return '';
  const end = lines.findIndex((line, index) => index > start && !isText(line));
  const text = markdownAsText(lines.slice(start, end < 0 ? undefined : end).join(' '));
  if (text.length <= MAX_DESCRIPTION) return text;
  const beginning = text.slice(0, MAX_DESCRIPTION);
  const lastStop = Math.max(...['. ', '! ', '? '].map((mark) => beginning.lastIndexOf(mark)));
  return lastStop > 0 ? beginning.slice(0, lastStop + 1) : `${beginning.slice(0, beginning.lastIndexOf(' '))} ...`;
}
