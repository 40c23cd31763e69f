export interface ExcerptPart {
  readonly text: string;
  readonly isMatch: boolean;
}

const [BEFORE, LENGTH] = [60, 180];

/** Returns the part of a text around the first word that is searched, with every such word marked. */
export function excerptOf(text: string, query: string): ExcerptPart[] {
  const words = query
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1);
  const first = nextMatch(text, words, 0)?.at ?? 0;
  const from = first <= BEFORE ? 0 : text.indexOf(' ', first - BEFORE) + 1;
  const end = text.length <= from + LENGTH ? text.length : text.lastIndexOf(' ', from + LENGTH);
  const shown = `${from > 0 ? '... ' : ''}${text.slice(from, end).trim()}${end < text.length ? ' ...' : ''}`;
  const parts: ExcerptPart[] = [];
  let at = 0;
  for (let match = nextMatch(shown, words, 0); match !== undefined; match = nextMatch(shown, words, at)) {
    if (match.at > at) parts.push({ text: shown.slice(at, match.at), isMatch: false });
    at = match.at + match.length;
    parts.push({ text: shown.slice(match.at, at), isMatch: true });
  }
  return at < shown.length || parts.length === 0 ? [...parts, { text: shown.slice(at), isMatch: false }] : parts;
}

interface WordMatch {
  readonly at: number;
  readonly length: number;
}

/** The first match of a word from a position on; the longest of those that begin there. */
function nextMatch(text: string, words: readonly string[], from: number): WordMatch | undefined {
  const lower = text.toLowerCase();
  return words
    .map((word) => ({ at: lower.indexOf(word, from), length: word.length }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.length - a.length)[0];
}
