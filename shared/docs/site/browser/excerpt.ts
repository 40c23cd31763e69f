export interface ExcerptPart {
  readonly text: string;
  readonly isMatch: boolean;
}

const [BEFORE, LENGTH] = [60, 180];

/** Returns the part of a text around the first word that is searched, with every such word marked. */
export function excerptOf(text: string, query: string): ExcerptPart[] {
  const words = query.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 1);
  const pattern = words.length === 0 ? undefined : new RegExp(`(?:${words.join('|')})`, 'giu');
  const first = pattern === undefined ? 0 : Math.max(text.search(pattern), 0);
  const from = first <= BEFORE ? 0 : text.indexOf(' ', first - BEFORE) + 1;
  const end = text.length <= from + LENGTH ? text.length : text.lastIndexOf(' ', from + LENGTH);
  const shown = `${from > 0 ? '... ' : ''}${text.slice(from, end).trim()}${end < text.length ? ' ...' : ''}`;
  if (pattern === undefined) return [{ text: shown, isMatch: false }];
  const parts: ExcerptPart[] = [];
  let at = 0;
  for (const { index, 0: match } of shown.matchAll(pattern)) {
    if (index > at) parts.push({ text: shown.slice(at, index), isMatch: false });
    parts.push({ text: match, isMatch: true });
    at = index + match.length;
  }
  return at < shown.length ? [...parts, { text: shown.slice(at), isMatch: false }] : parts;
}
