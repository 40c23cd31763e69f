/** A part of an excerpt: a word of the query, or the text between two such words. */
export interface ExcerptPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Maximum characters of an excerpt before the first match. */
const MAX_LEAD = 60;
const MAX_EXCERPT = 180;

/**
 * Returns an excerpt of a text around the first match of a query word, or its beginning if no word matches. The excerpt
 * is split, so that each match is a separate part.
 */
export function excerptOf(text: string, query: string): ExcerptPart[] {
  const words = query
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1);
  const first = nextMatch(text, words, 0)?.start ?? 0;
  const start = first <= MAX_LEAD ? 0 : text.indexOf(' ', first - MAX_LEAD) + 1;
  const end = text.length <= start + MAX_EXCERPT ? text.length : text.lastIndexOf(' ', start + MAX_EXCERPT);
  const excerpt = `${start > 0 ? '... ' : ''}${text.slice(start, end).trim()}${end < text.length ? ' ...' : ''}`;
  return partsOf(excerpt, words);
}

/** Splits a text into matches of the words and the text between the matches. */
function partsOf(text: string, words: readonly string[]): ExcerptPart[] {
  const parts: ExcerptPart[] = [];
  let position = 0;
  for (let match = nextMatch(text, words, 0); match !== undefined; match = nextMatch(text, words, position)) {
    if (match.start > position) parts.push({ text: text.slice(position, match.start), isMatch: false });
    position = match.start + match.length;
    parts.push({ text: text.slice(match.start, position), isMatch: true });
  }
  if (position < text.length || parts.length === 0) parts.push({ text: text.slice(position), isMatch: false });
  return parts;
}

interface WordMatch {
  readonly start: number;
  readonly length: number;
}

/**
 * Returns the first match of a word at or after a position. If several words match at the same position, returns the
 * longest match.
 */
function nextMatch(text: string, words: readonly string[], position: number): WordMatch | undefined {
  const lower = text.toLowerCase();
  return words
    .map((word) => ({ start: lower.indexOf(word, position), length: word.length }))
    .filter(({ start }) => start >= 0)
    .sort((a, b) => a.start - b.start || b.length - a.length)[0];
}
