/** Finds card numbers, in groups or without, by their length and their check digit. */
import { firstMatch } from './first.ts';
import type { Span } from './span.ts';
import type { TextView } from './view.ts';

/** Minimum number of digits of a card number. */
const MIN_CARD_DIGITS = 13;
/** Maximum number of digits of a card number. ISO/IEC 7812-1 */
const MAX_CARD_DIGITS = 19;

/** Runs of digits: ASCII, Arabic-Indic, full-width. The last four bits of each character code are the digit's value. */
const DIGIT_RUN = /[0-9\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]+/g;
/** Separators between groups: spaces, dashes, dots, underscores, and a plus, which is a space in a form. */
const GAP = /^[ \t\u00a0\u00ad\u2000-\u200d\u2010-\u2015\u202f\u205f\u2212\u3000\ufeff\uff0d\uff0e\uff3f._+-]{1,6}$/;
const LETTER = /[\p{L}\p{N}_]/u;
/** Milliseconds, microseconds or nanoseconds since 1970. No card number begins with 1 and has 13, 16 or 19 digits. */
const TIME = /^1(?:\d{12}|\d{15}|\d{18})$/;

interface DigitGroup {
  readonly from: number;
  readonly to: number;
  readonly digits: string;
}

/** Returns the spans of the card numbers in a text. */
export function cardSpans(view: TextView): Span[] {
  const spans: Span[] = [];
  for (const chain of digitChains(view.text)) {
    if (isDecimal(view.text, chain)) continue;
    for (const [first, last] of cardGroups(chain)) {
      const from = chain[first]?.from ?? 0;
      spans.push({ from, to: chain[last]?.to ?? from, kind: 'card' });
    }
  }
  return spans;
}

/** Returns whether a JSON number has the digits of a card number. */
export function isCardNumber(value: number | bigint): boolean {
  const digits = String(value);
  return /^\d{13,19}$/.test(digits) && !TIME.test(digits) && passesLuhnCheck(digits);
}

function asciiDigits(run: string): string {
  let digits = '';
  for (let index = 0; index < run.length; index += 1) digits += String(run.charCodeAt(index) & 15);
  return digits;
}

/**
 * Returns whether a text begins with as many digits as a card number has. The check digit may be wrong, as in a number
 * with a typing mistake.
 */
export function startsWithCardLength(text: string): boolean {
  return /^(?:\d[^\p{L}\p{N}]{0,6}){13,19}(?![\p{L}\p{N}])/u.test(text.slice(0, 100).replace(DIGIT_RUN, asciiDigits));
}

/**
 * Returns the sequences of digit groups that have nothing but separators (`GAP`) between them. Digits next to a letter
 * are part of a word and are ignored.
 */
function digitChains(text: string): DigitGroup[][] {
  const allChains: DigitGroup[][] = [];
  let chain: DigitGroup[] = [];
  for (let match = firstMatch(DIGIT_RUN, text); match !== null; match = DIGIT_RUN.exec(text)) {
    const [run] = match;
    const from = match.index;
    const to = from + run.length;
    if (!continuesChain(text, chain.at(-1)?.to, from)) {
      chain = [];
      if (LETTER.test(text.charAt(from - 1))) continue;
    }
    // An underscore counts as a letter, but an underscore before further digits is a separator.
    if (LETTER.test(text.charAt(to)) && !/^_{1,6}[0-9]/.test(text.slice(to, to + 7))) {
      chain = [];
      continue;
    }
    if (chain.length === 0) allChains.push(chain);
    chain.push({ from, to, digits: asciiDigits(run) });
  }
  return allChains;
}

/** Returns whether there is a previous digit group with nothing but separators between its end and `from`. */
function continuesChain(text: string, previousEnd: number | undefined, from: number): boolean {
  return previousEnd !== undefined && from - previousEnd <= 6 && GAP.test(text.slice(previousEnd, from));
}

/** Returns whether a chain is a decimal number, such as `1795478400.123456` or `0.4242424242424242`. */
function isDecimal(text: string, [first, second, ...more]: readonly DigitGroup[]): boolean {
  if (first === undefined || more.length > 0) return false;
  if (second === undefined) return text.charAt(first.from - 1) === '.' && /\d/.test(text.charAt(first.from - 2));
  return text.slice(first.to, second.from) === '.';
}

/**
 * Yields the first and the last index of adjacent groups that form a card number. Candidates are all groups of the
 * chain together, each single group, and several adjacent groups of which the first has four digits.
 */
function* cardGroups(chain: readonly DigitGroup[]): Iterable<readonly [number, number]> {
  for (let first = 0; first < chain.length; first += 1) {
    let digits = '';
    for (let last = first; last < chain.length && digits.length < MAX_CARD_DIGITS; last += 1) {
      digits += chain[last]?.digits ?? '';
      if (digits.length < MIN_CARD_DIGITS || digits.length > MAX_CARD_DIGITS) continue;
      const isWholeChain = first === 0 && last === chain.length - 1;
      const isCandidate = isWholeChain || first === last || chain[first]?.digits.length === 4;
      if (isCandidate && !(first === last && TIME.test(digits)) && passesLuhnCheck(digits)) yield [first, last];
    }
  }
}

/** Returns whether the last digit is the check digit of the digits before it, by Luhn's formula. ISO/IEC 7812-1 */
function passesLuhnCheck(digits: string): boolean {
  let sum = 0;
  for (let index = digits.length - 1, isDoubled = false; index >= 0; index -= 1, isDoubled = !isDoubled) {
    const digit = digits.charCodeAt(index) - 48;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += isDoubled ? doubled : digit;
  }
  return sum % 10 === 0;
}
