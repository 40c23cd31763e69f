/**
 * SQL's LIKE: `%` is any text, `_` one character. A pattern is compiled once a clause; whether a text meets it takes
 * one walk over the text, whatever both hold, because rows carry texts of tens of thousands of characters.
 */
export type Like = (text: string) => boolean;

/** Characters of a part that holds `_` and stands between two `%`: it is searched with the bits of one number. */
export const MAX_LOOSE_PART = 30;

const ANY_TEXT = '%';
const ANY_CHARACTER = 0x5f;

type Part = readonly number[];
/** Where a part begins in a text from a place on; -1 where it does not stand there. */
type Search = (text: Part, from: number) => number;

/** Why a pattern is not taken, where it is not. */
export function likeProblem(pattern: string): string | undefined {
  const middle = partsOf(pattern).slice(1, -1);
  return middle.some((part) => part.includes(ANY_CHARACTER) && part.length > MAX_LOOSE_PART)
    ? `takes at most ${MAX_LOOSE_PART} characters between two % where _ is one of them`
    : undefined;
}

export function compileLike(pattern: string): Like {
  return pattern.includes('_') ? compileLoose(pattern) : compileExact(pattern);
}

/** Without `_` parts are compared as they are written: a text is searched by the engine itself. */
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
  const [first = [], ...others] = partsOf(pattern);
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

function partsOf(pattern: string): Part[] {
  return pattern.split(ANY_TEXT).map(pointsOf);
}

/** The terms of a clause meet the same text one after another: it is read once. */
let lastRead: { readonly text: string; readonly points: Part } = { text: '', points: [] };
function pointsOfRow(text: string): Part {
  if (text !== lastRead.text) lastRead = { text, points: pointsOf(text) };
  return lastRead.points;
}

/** Code points: `_` is one character, not half of one. */
function pointsOf(text: string): Part {
  const points: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at) ?? 0;
    points.push(point);
    if (point > 0xffff) at += 1;
  }
  return points;
}

function fits(part: Part, text: Part, at: number, whole: boolean): boolean {
  if (whole && text.length !== part.length) return false;
  return part.every((point, index) => point === ANY_CHARACTER || point === text[at + index]);
}

function searchOf(part: Part): Search {
  return part.includes(ANY_CHARACTER) ? looseSearch(part) : exactSearch(part);
}

/** Knuth, Morris and Pratt: the text is never gone back in. */
function exactSearch(part: Part): Search {
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

/** Baeza-Yates and Gonnet: a bit for each beginning of the part that the text may be within. */
function looseSearch(part: Part): Search {
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
