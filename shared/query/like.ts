/**
 * SQL's LIKE: `%` matches any text, `_` one character. A pattern is compiled once per clause. Matching takes one pass
 * over the text for any pattern, because rows may contain texts of tens of thousands of characters.
 */
export type Like = (text: string) => boolean;

/** Limit of a part with `_` between two `%`: the search keeps its state in the bits of one number. */
export const MAX_LOOSE_PART_LENGTH = 30;

const ANY_TEXT = '%';
const ANY_CHARACTER = 0x5f;

type LikePart = readonly number[];
/** Returns where a part begins in a text from a position on, or -1. */
type Search = (text: LikePart, from: number) => number;

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

/** Without `_` the parts are literal, so the engine's own string search finds them. */
function compileExact(pattern: string): Like {
  const [first = '', ...others] = pattern.split(ANY_TEXT);
  const last = others.pop();
  if (last === undefined) return (text) => text === first;
  const middle = others.filter((part) => part !== '');
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of middle) {
      const index = text.indexOf(part, at);
      if (index < 0) return false;
      at = index + part.length;
    }
    return at <= text.length - last.length;
  };
}

function compileLoose(pattern: string): Like {
  const [first = [], ...others] = likeParts(pattern);
  const last = others.pop();
  if (last === undefined) return (text) => fits(first, pointsOfRow(text), 0, true);
  const searches = others.filter((part) => part.length > 0).map((part) => ({ part, search: searchOf(part) }));
  return (written) => {
    const text = pointsOfRow(written);
    if (text.length < first.length + last.length || !fits(first, text, 0, false)) return false;
    let at = first.length;
    for (const { part, search } of searches) {
      const index = search(text, at);
      if (index < 0) return false;
      at = index + part.length;
    }
    return at <= text.length - last.length && fits(last, text, text.length - last.length, false);
  };
}

function likeParts(pattern: string): LikePart[] {
  return pattern.split(ANY_TEXT).map(pointsOf);
}

/** The terms of a clause test the same text one after another, so it is decoded once. */
let lastRead: { readonly text: string; readonly points: LikePart } = { text: '', points: [] };
function pointsOfRow(text: string): LikePart {
  if (text !== lastRead.text) lastRead = { text, points: pointsOf(text) };
  return lastRead.points;
}

/** Code points: `_` matches one character, not half a surrogate pair. */
function pointsOf(text: string): LikePart {
  const points: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at) ?? 0;
    points.push(point);
    if (point > 0xffff) at += 1;
  }
  return points;
}

function fits(part: LikePart, text: LikePart, at: number, whole: boolean): boolean {
  if (whole && text.length !== part.length) return false;
  return part.every((point, index) => point === ANY_CHARACTER || point === text[at + index]);
}

function searchOf(part: LikePart): Search {
  return part.includes(ANY_CHARACTER) ? looseSearch(part) : exactSearch(part);
}

/** Knuth-Morris-Pratt: never moves back in the text. */
function exactSearch(part: LikePart): Search {
  const back = [0];
  for (let at = 1, same = 0; at < part.length; at += 1) {
    while (same > 0 && part[at] !== part[same]) same = back[same - 1] ?? 0;
    if (part[at] === part[same]) same += 1;
    back.push(same);
  }
  return (text, from) => {
    for (let at = from, same = 0; at < text.length; at += 1) {
      while (same > 0 && text[at] !== part[same]) same = back[same - 1] ?? 0;
      if (text[at] === part[same]) same += 1;
      if (same === part.length) return at - same + 1;
    }
    return -1;
  };
}

/** Baeza-Yates-Gonnet (Shift-And): one bit for each prefix of the part that ends at the current position. */
function looseSearch(part: LikePart): Search {
  const everywhere = part.reduce((bits, point, index) => (point === ANY_CHARACTER ? bits | (1 << index) : bits), 0);
  const bitsOf = new Map<number, number>();
  part.forEach((point, index) => bitsOf.set(point, (bitsOf.get(point) ?? everywhere) | (1 << index)));
  const end = 1 << (part.length - 1);
  return (text, from) => {
    for (let at = from, bits = 0; at < text.length; at += 1) {
      bits = ((bits << 1) | 1) & (bitsOf.get(text[at] ?? 0) ?? everywhere);
      if ((bits & end) !== 0) return at - part.length + 1;
    }
    return -1;
  };
}
