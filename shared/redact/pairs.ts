/** Finds names and their values in a text: JSON, JSON inside JSON, a form, a header, a query, a sentence. */
import { startsWithCardLength } from './cards.ts';
import { isCardName, isHarmless, classifyName, type NameClass } from './names.ts';
import { firstMatch } from './first.ts';
import { MARK, type Span } from './span.ts';
import type { TextView } from './view.ts';

/** A value with its class and position. */
interface Pair {
  readonly class: NameClass;
  readonly from: number;
  readonly to: number;
  /**
   * The quote to put around the mark, so that JSON stays valid: the quote around the name if the value has no quotes (a
   * JSON number). Otherwise an empty text.
   */
  readonly quote: string;
}

interface PairName {
  readonly class: NameClass;
  readonly quote: string;
}

const SEPARATOR = /[=:][=:>]{0,2}/g;
const NAME_CHARACTER = /[\p{L}\p{N}_.$[\]-]/u;
const NAME_GAP = /[ \t"'\\]/;

/** Returns the spans to mask, and the pairs whose values are ids. The digits of an id are not a card number. */
export function pairSpans(view: TextView): { readonly spans: Span[]; readonly ids: Pair[] } {
  const pairs = findPairs(view);
  if (pairs.length === 0) return NONE;
  const hasCard = pairs.some((pair) => pair.class === 'expiry' || pair.class === 'code');
  const spans = pairs.flatMap((pair): Span[] => {
    const { class: nameClass, from, to, quote } = pair;
    if (nameClass === 'mail') return [{ from, to, kind: 'mail', quote }];
    const value = view.text.slice(from, to);
    const isNumber = nameClass === 'number' && (hasCard || startsWithCardLength(value.replace(LIST_START, '')));
    return isNumber || SECRET_NAME.has(nameClass) ? [{ from, to, kind: 'named', quote }] : [];
  });
  return { spans, ids: pairs.filter((pair) => pair.class === 'id') };
}
/** The bracket that begins a list, and the white space, quotes and backslashes before the first item. */
const LIST_START = /^\[[\s"'\\]{0,20}/;
const NONE = { spans: [], ids: [] };
const SECRET_NAME: ReadonlySet<NameClass> = new Set(['secret', 'code', 'line']);

function findPairs(view: TextView): Pair[] {
  const { text } = view;
  const pairs: Pair[] = [];
  // Text before this position is not read again, which keeps the time linear.
  let searchedTo = 0;
  for (let match = firstMatch(SEPARATOR, text); match !== null; match = SEPARATOR.exec(text)) {
    if (match.index < searchedTo) continue;
    const name = nameBefore(text, match.index, searchedTo);
    searchedTo = match.index + match[0].length;
    if (name === undefined) continue;
    const { from, to, quoted } = valueAfter(view, searchedTo, name.class, match.index);
    searchedTo = Math.max(searchedTo, to);
    const value = text.slice(from, to);
    if (isHarmless(value) || (!quoted && NO_VALUE.test(value)) || isMarked(text, from, to)) continue;
    pairs.push({ class: name.class, from, to, quote: quoted ? '' : name.quote });
  }
  return pairs;
}

/**
 * Returns the class of the name before a separator, or undefined if the name shows nothing about the value. The name is
 * one or two words: `card[number]=`, `api key: x`.
 */
function nameBefore(text: string, at: number, after: number): PairName | undefined {
  let end = at;
  while (end > after && NAME_GAP.test(text.charAt(end - 1))) end -= 1;
  const start = wordBefore(text, end, after);
  if (start === end) return undefined;
  const quote = /^\\{0,15}["']/.exec(text.slice(end, at))?.[0] ?? '';
  const nameClass = classOfPair(text.slice(start, end));
  if (nameClass !== 'nothing') return { class: nameClass, quote };
  if (quote !== '' || text.charAt(start - 1) !== ' ') return undefined;
  const twoWordClass = classOfPair(text.slice(wordBefore(text, start - 1, after), end));
  return twoWordClass === 'nothing' ? undefined : { class: twoWordClass, quote };
}

function wordBefore(text: string, end: number, after: number): number {
  let start = end;
  while (start > after && NAME_CHARACTER.test(text.charAt(start - 1))) start -= 1;
  return start;
}

/** Like `classifyName`, but the class of a card's number, such as `card[number]`, is `secret`. */
function classOfPair(name: string): NameClass {
  const nameClass = classifyName(name);
  if (nameClass !== 'number') return nameClass;
  const before = name.slice(-MAX_PAIR_NAME).replace(/[^A-Za-z]{0,3}number[^A-Za-z]{0,3}$/i, '');
  return isCardName(before) ? 'secret' : nameClass;
}
/**
 * `classOfPair` looks for the name of a card in at most this many characters at the end of a name. This bounds the time
 * for a long name.
 */
const MAX_PAIR_NAME = 100;

/**
 * The start of a text that follows a name and is not a secret: a word for no value, or a sentence such as "password:
 * must have 8 characters".
 */
const NO_VALUE =
  /^(?:null|true|false|undefined|none|nil|(?:is|are|was|were|must|may|can|cannot|has|takes|stands|not|no|unknown|required|missing|invalid|too|at|unrecognized)(?=\s|$))(?![^\s,;.)\]}])/i;

/** Returns whether a value is the mark of an earlier redaction. The value may lack the closing bracket of the mark. */
function isMarked(text: string, from: number, to: number): boolean {
  return text.startsWith(MARK, from) && to - from <= MARK.length;
}

interface PairValue {
  readonly from: number;
  readonly to: number;
  readonly quoted: boolean;
}

/** Returns the value after a separator, with or without quotes. */
function valueAfter(view: TextView, after: number, nameClass: NameClass, separator: number): PairValue {
  const { text } = view;
  let from = after;
  while (/[ \t+]/.test(text.charAt(from)) && from - after < MAX_BLANKS) from += 1;
  // Inside a JSON string, the quotes of the value are escaped with backslashes.
  let slashes = 0;
  while (text.charAt(from + slashes) === '\\') slashes += 1;
  const quote = text.charAt(from + slashes);
  if (quote === '"' || quote === "'") {
    const start = from + slashes + 1;
    return { from: start, to: endOfQuoted(text, start, quote, slashes), quoted: true };
  }
  // A list in brackets is one value, unless the bracket begins the mark of an earlier redaction.
  if (text.charAt(from) === '[' && !text.startsWith(MARK, from)) {
    const end = text.indexOf(']', from);
    return { from, to: end < 0 ? text.length : end + 1, quoted: false };
  }
  const ends = nameClass === 'line' && text.charAt(separator) === ':' ? LINE_END : VALUE_END;
  return { from, to: endOfUnquoted(view, from, ends, separator), quoted: false };
}

/** Returns where a value without quotes ends. Punctuation at the end is not part of the value. */
function endOfUnquoted(view: TextView, from: number, ends: RegExp, separator: number): number {
  const { text } = view;
  // An escaped character cannot end the value, unless the separator is escaped too.
  const escaped = !view.verbatim(separator);
  let to = from;
  while (to < text.length && !(endsAt(text, to, ends) && (escaped || view.verbatim(to)))) to += 1;
  while (to > from && TRAILING.test(text.charAt(to - 1))) to -= 1;
  DIGITS.lastIndex = from;
  return DIGITS.test(text) ? Math.max(to, DIGITS.lastIndex) : to;
}

/** Returns whether a value without quotes ends at `at`. A quote inside a value does not end it: `it's`, or `a="b"` in a cookie. */
function endsAt(text: string, at: number, ends: RegExp): boolean {
  const char = text.charAt(at);
  if (!ends.test(char)) return false;
  const next = text.charAt(at + 1);
  if (char === "'") return !/\w/.test(next);
  return !(char === '"' && ends === LINE_END && next !== '' && !AFTER_QUOTE.test(next));
}
/** A number in groups. A space inside it does not end the value: `card number: 4242 4242 4242 4241`. */
const DIGITS = /\d(?:[ \t\u00a0.+_-]{0,3}\d){1,30}/y;
/** Maximum number of blanks between a separator and its value. It bounds the time for a long run of blanks. */
const MAX_BLANKS = 20;
const VALUE_END = /[\s&"'<>{]/;
const LINE_END = /[\r\n"]/;
/**
 * Characters that can follow the closing quote of a quoted header line, in JSON or in a shell command. A `"` before any
 * other character is part of the value.
 */
const AFTER_QUOTE = /[\s,\]})]/;
const TRAILING = /[\s,;.)\]}\\]/;

/**
 * Returns where a quoted value ends: at a quote with as many backslashes before it as the opening quote has. Escaped
 * backslashes at the end of the value do not count. A quote with fewer backslashes also ends the value, because it ends
 * the JSON string around the pair. A value without a closing quote extends to the end of the text, because the text was
 * cut.
 */
function endOfQuoted(text: string, start: number, quote: string, slashes: number): number {
  // Number of backslashes directly before the current character. An escaped backslash of the value is written with
  // `2 * slashes + 2` of them.
  let backslashes = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') backslashes += 1;
    else {
      if (char === quote && (backslashes < slashes || backslashes % (2 * slashes + 2) === slashes))
        return at - Math.min(backslashes, slashes);
      backslashes = 0;
    }
  }
  return text.length;
}
