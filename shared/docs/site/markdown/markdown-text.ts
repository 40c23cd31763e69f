/** Reads Markdown as text: fences, headings, anchors, the first paragraph. */

/** A fenced block with its indent, its info string and its content. */
export const FENCED_BLOCK = /^( *)```([^\n]*)\n([^]*?)^\1```$/gm;

export interface DocsHeading {
  readonly level: number;
  /** Without Markdown. */
  readonly text: string;
  readonly anchor: string;
}

/** Applies `change` to the text outside fenced blocks. */
export function outsideFences(markdown: string, change: (text: string) => string): string {
  let from = 0;
  let changed = '';
  for (const match of markdown.matchAll(FENCED_BLOCK)) {
    changed += change(markdown.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return changed + change(markdown.slice(from));
}

/** Returns Markdown of one line as plain text. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\\([\\`*_{}[\]()#+.!|<>-])/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/`+([^`]*)`+/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Returns the anchor of a heading as GitHub derives it: lower case, without punctuation, spaces as hyphens.
 * https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export function anchorOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** Gives a repeated anchor a number, as GitHub does: `usage`, `usage-1`. */
export class Anchors {
  private readonly counts = new Map<string, number>();

  next(text: string): string {
    const anchor = anchorOf(text);
    const count = this.counts.get(anchor) ?? 0;
    this.counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  }
}

/** Returns the headings of a page in order. */
export function headingsOf(markdown: string): DocsHeading[] {
  const anchors = new Anchors();
  return [...markdown.replace(FENCED_BLOCK, '').matchAll(/^(#{1,6}) +(.+?) *#*$/gm)].map(
    ([, { length } = '', written = '']) => {
      const text = plainText(written);
      return { level: length, text, anchor: anchors.next(text) };
    },
  );
}

const MAX_DESCRIPTION = 200;

/** Returns the first sentences of the first paragraph, at most 200 characters. */
export function firstParagraph(markdown: string): string {
  const [paragraph = ''] = markdown
    .replace(FENCED_BLOCK, '')
    .replace(/<!--[^]*?-->/g, '')
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter((block) => block !== '' && !/^(#|\||[-*] |\d+\. |>)/.test(block));
  const text = plainText(paragraph);
  if (text.length <= MAX_DESCRIPTION) return text;
  const sentences = text.slice(0, MAX_DESCRIPTION).match(/^.*[.!?](?= )/)?.[0];
  return sentences ?? `${text.slice(0, MAX_DESCRIPTION).replace(/\s+\S*$/, '')} ...`;
}
