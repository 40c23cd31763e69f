/**
 * SQL's LIKE: `%` matches any text, `_` one character. A pattern is compiled once per term. Matching takes one pass
 * over the text for any pattern, because rows may contain texts of tens of thousands of characters.
 */
export type Like = (text: string) => boolean;

/**
 * Maximum length of a part with `_` between two `%`. The search needs one bit of a 32-bit number for each character of
 * the part.
 */
export const MAX_LOOSE_PART_LENGTH = 30;

const ANY_TEXT = '%';
const ANY_CHARACTER = 0x5f;

/** The characters of a text or of a part of a pattern. */
type CodePoints = readonly number[];
/** Returns the index of the first match at or after `from`, or -1. */
type Search = (text: CodePoints, from: number) => number;

/** Returns why a pattern is not supported, or undefined. */
export function likeProblem(pattern: string): string | undefined {
  const middle = likeParts(pattern).slice(1, -1);
  return middle.some((part) => part.includes(ANY_CHARACTER) && part.length > MAX_LOOSE_PART_LENGTH)
    ? `supports at most ${MAX_LOOSE_PART_LENGTH} characters between two % if one of them is _`
    : undefined;
}

/** Compiles a pattern to a function that tests a text. */
export function compileLike(pattern: string): Like {
  return pattern.includes('_') ? compileLoose(pattern) : compileExact(pattern);
}

/** Compiles a pattern without `_`. Its parts are literal, so `indexOf` finds them. */
function compileExact(pattern: string): Like {
  const [first = '', ...others] = pattern.split(ANY_TEXT);
  const last = others.pop();
  if (last === undefined) return (text) => text === first;
  const middle = others.filter((part) => part !== '');
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let position = first.length;
    for (const part of middle) {
      const index = text.indexOf(part, position);
      if (index < 0) return false;
      position = index + part.length;
    }
    return position <= text.length - last.length;
  };
}

/** Compiles a pattern with `_`. The parts between two `%` are searched from left to right. */
function compileLoose(pattern: string): Like {
  const [first = [], ...others] = likeParts(pattern);
  const last = others.pop();
  if (last === undefined) return (text) => matchesAt(first, decodeCached(text), 0, true);
  const searches = others.filter((part) => part.length > 0).map((part) => ({ part, search: searchOf(part) }));
  return (input) => {
    const text = decodeCached(input);
    if (text.length < first.length + last.length || !matchesAt(first, text, 0, false)) return false;
    let position = first.length;
    for (const { part, search } of searches) {
      const index = search(text, position);
      if (index < 0) return false;
      position = index + part.length;
    }
    return position <= text.length - last.length && matchesAt(last, text, text.length - last.length, false);
  };
}

function likeParts(pattern: string): CodePoints[] {
  return pattern.split(ANY_TEXT).map(codePoints);
}

/** The last decoded text. It is kept because terms on the same column test the same text one after another. */
let lastDecoded: { readonly text: string; readonly points: CodePoints } = { text: '', points: [] };
function decodeCached(text: string): CodePoints {
  if (text !== lastDecoded.text) lastDecoded = { text, points: codePoints(text) };
  return lastDecoded.points;
}

/** Returns the code points of a text, so that `_` matches one character and not half a surrogate pair. */
function codePoints(text: string): CodePoints {
  const points: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at) ?? 0;
    points.push(point);
    if (point > 0xffff) at += 1;
  }
  return points;
}

/** Returns whether a text has a part at a position. If `isWhole` is true, the text must have the length of the part. */
function matchesAt(part: CodePoints, text: CodePoints, at: number, isWhole: boolean): boolean {
  if (isWhole && text.length !== part.length) return false;
  return part.every((point, index) => point === ANY_CHARACTER || point === text[at + index]);
}

function searchOf(part: CodePoints): Search {
  return part.includes(ANY_CHARACTER) ? looseSearch(part) : exactSearch(part);
}

/** Knuth-Morris-Pratt: never moves back in the text. */
function exactSearch(part: CodePoints): Search {
  const failure = [0];
  for (let at = 1, matched = 0; at < part.length; at += 1) {
    while (matched > 0 && part[at] !== part[matched]) matched = failure[matched - 1] ?? 0;
    if (part[at] === part[matched]) matched += 1;
    failure.push(matched);
  }
  return (text, from) => {
    for (let at = from, matched = 0; at < text.length; at += 1) {
      while (matched > 0 && text[at] !== part[matched]) matched = failure[matched - 1] ?? 0;
      if (text[at] === part[matched]) matched += 1;
      if (matched === part.length) return at - matched + 1;
    }
    return -1;
  };
}

/** Baeza-Yates-Gonnet (Shift-And): one bit for each prefix of the part that ends at the current position. */
function looseSearch(part: CodePoints): Search {
  const wildcardBits = part.reduce((bits, point, index) => (point === ANY_CHARACTER ? bits | (1 << index) : bits), 0);
  const bitsOf = new Map<number, number>();
  part.forEach((point, index) => bitsOf.set(point, (bitsOf.get(point) ?? wildcardBits) | (1 << index)));
  const lastBit = 1 << (part.length - 1);
  return (text, from) => {
    for (let at = from, bits = 0; at < text.length; at += 1) {
      bits = ((bits << 1) | 1) & (bitsOf.get(text[at] ?? 0) ?? wildcardBits);
      if ((bits & lastBit) !== 0) return at - part.length + 1;
    }
    return -1;
  };
}
