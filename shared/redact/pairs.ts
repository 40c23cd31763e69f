/** Finds names and their values in a text: JSON, JSON inside JSON, a form, a header, a query, a sentence. */
import { isCardLong } from './cards.ts';
import { isCardName, isHarmless, classifyName, type NameClass } from './names.ts';
import { firstMatch } from './first.ts';
import { MARK, type Span } from './span.ts';
import type { TextView } from './view.ts';

/** A value with its class and position. */
interface Pair {
  readonly class: NameClass;
  readonly from: number;
  readonly to: number;
  /** The quote around the name if the value has none, as for a JSON number. */
  readonly quote: string;
}

interface Name {
  readonly class: NameClass;
  readonly quote: string;
}

const SEPARATOR = /[=:][=:>]{0,2}/g;
const NAME_SIGN = /[\p{L}\p{N}_.$[\]-]/u;
const BETWEEN = /[ \t"'\\]/;

/** Returns the spans to mask, and the ids, whose digits are not those of a card. */
export function pairSpans(view: TextView): { readonly spans: Span[]; readonly ids: Pair[] } {
  const pairs = findPairs(view);
  if (pairs.length === 0) return NONE;
  const hasCard = pairs.some(({ class: says }) => says === 'expiry' || says === 'code');
  const spans = pairs.flatMap((pair): Span[] => {
    const { class: says, from, to, quote } = pair;
    if (says === 'mail') return [{ from, to, kind: 'mail', quote }];
    const isNumber = says === 'number' && (hasCard || isCardLong(view.text.slice(from, to).replace(LIST_START, '')));
    return isNumber || SECRET_NAME.has(says) ? [{ from, to, kind: 'named', quote }] : [];
  });
  return { spans, ids: pairs.filter(({ class: says }) => says === 'id') };
}
/** The start of a list. */
const LIST_START = /^\[[\s"'\\]{0,20}/;
const NONE = { spans: [], ids: [] };
const SECRET_NAME: ReadonlySet<NameClass> = new Set(['secret', 'code', 'line']);

function findPairs(view: TextView): Pair[] {
  const { text } = view;
  const all: Pair[] = [];
  // Text before this position is not read again, which keeps the time linear.
  let least = 0;
  for (let match = firstMatch(SEPARATOR, text); match !== null; match = SEPARATOR.exec(text)) {
    if (match.index < least) continue;
    const name = nameBefore(text, match.index, least);
    least = match.index + match[0].length;
    if (name === undefined) continue;
    const { from, to, quoted } = valueAfter(view, least, name.class, match.index);
    least = Math.max(least, to);
    const value = text.slice(from, to);
    if (isHarmless(value) || (!quoted && SAYS_NOTHING.test(value)) || isMarked(text, from, to)) continue;
    all.push({ class: name.class, from, to, quote: quoted ? '' : name.quote });
  }
  return all;
}

/** Returns the class of the one or two words before the separator: `api key: x`, `card[number]=`. */
function nameBefore(text: string, at: number, least: number): Name | undefined {
  let end = at;
  while (end > least && BETWEEN.test(text.charAt(end - 1))) end -= 1;
  const begin = wordBefore(text, end, least);
  if (begin === end) return undefined;
  const quote = /^\\{0,15}["']/.exec(text.slice(end, at))?.[0] ?? '';
  const says = saysOf(text.slice(begin, end));
  if (says !== 'nothing') return { class: says, quote };
  if (quote !== '' || text.charAt(begin - 1) !== ' ') return undefined;
  const both = saysOf(text.slice(wordBefore(text, begin - 1, least), end));
  return both === 'nothing' ? undefined : { class: both, quote };
}

function wordBefore(text: string, end: number, least: number): number {
  let begin = end;
  while (begin > least && NAME_SIGN.test(text.charAt(begin - 1))) begin -= 1;
  return begin;
}

function saysOf(name: string): NameClass {
  const says = classifyName(name);
  if (says !== 'number') return says;
  const before = name.slice(-MAX_PAIR_NAME).replace(/[^A-Za-z]{0,3}number[^A-Za-z]{0,3}$/i, '');
  return isCardName(before) ? 'secret' : says;
}
const MAX_PAIR_NAME = 100;

/** No value at all, or the start of a sentence about the name: "password: must have 8 characters". */
const SAYS_NOTHING =
  /^(?:null|true|false|undefined|none|nil|(?:is|are|was|were|must|may|can|cannot|has|takes|stands|not|no|unknown|required|missing|invalid|too|at|unrecognized)(?=\s|$))(?![^\s,;.)\]}])/i;

/** The mark of an earlier redaction. Its closing bracket also counts as the end of the value around it. */
function isMarked(text: string, from: number, to: number): boolean {
  return text.startsWith(MARK, from) && to - from <= MARK.length;
}

interface PairValue {
  readonly from: number;
  readonly to: number;
  readonly quoted: boolean;
}

function valueAfter(view: TextView, after: number, says: NameClass, separator: number): PairValue {
  const { text } = view;
  let from = after;
  while (/[ \t+]/.test(text.charAt(from)) && from - after < MAX_BLANKS) from += 1;
  let slashes = 0;
  while (text.charAt(from + slashes) === '\\') slashes += 1;
  const sign = text.charAt(from + slashes);
  if (sign === '"' || sign === "'") {
    const begin = from + slashes + 1;
    return { from: begin, to: closing(text, begin, sign, slashes), quoted: true };
  }
  if (text.charAt(from) === '[' && !text.startsWith(MARK, from)) {
    const end = text.indexOf(']', from);
    return { from, to: end < 0 ? text.length : end + 1, quoted: false };
  }
  const ends = says === 'line' && text.charAt(separator) === ':' ? LINE_END : VALUE_END;
  // An escaped character belongs to the value, unless the pair itself is escaped.
  const escaped = !view.verbatim(separator);
  let to = from;
  while (to < text.length && !(endsAt(text, to, ends) && (escaped || view.verbatim(to)))) to += 1;
  while (to > from && TRAILING.test(text.charAt(to - 1))) to -= 1;
  DIGITS.lastIndex = from;
  if (DIGITS.test(text)) to = Math.max(to, DIGITS.lastIndex);
  return { from, to, quoted: false };
}

/** A quote inside a value belongs to it: it's; a="b" in a cookie. */
function endsAt(text: string, at: number, ends: RegExp): boolean {
  const sign = text.charAt(at);
  if (!ends.test(sign)) return false;
  const next = text.charAt(at + 1);
  if (sign === "'") return !/\w/.test(next);
  return !(sign === '"' && ends === LINE_END && next !== '' && !AFTER_QUOTE.test(next));
}
/** A number in groups continues after its spaces: `card number: 4242 4242 4242 4241`. */
const DIGITS = /\d(?:[ \t\u00a0.+_-]{0,3}\d){1,30}/y;
const MAX_BLANKS = 20;
const VALUE_END = /[\s&"'<>{]/;
const LINE_END = /[\r\n"]/;
/** Characters after the quote around a line: symbols of JSON or of a shell. */
const AFTER_QUOTE = /[\s,\]})]/;
const TRAILING = /[\s,;.)\]}\\]/;

/**
 * Returns where a quoted value ends: at its own quote, preceded by as many backslashes as the opening quote has. Pairs
 * of escaped backslashes at the end of the value do not count. Without a closing quote the value extends to the end,
 * because the text was cut.
 */
function closing(text: string, begin: number, sign: string, slashes: number): number {
  let run = 0;
  for (let at = begin; at < text.length; at += 1) {
    const name = text.charAt(at);
    if (name === '\\') run += 1;
    else {
      if (name === sign && (run < slashes || run % (2 * slashes + 2) === slashes)) return at - Math.min(run, slashes);
      run = 0;
    }
  }
  return text.length;
}
