/** Selects the sentence of an SDK comment that describes a field and says more than the field's name. */

/** Maximum number of characters of a description. */
const MAX_LENGTH = 200;

/** Words without information about a field. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about all an and any are as associated at available be been being by can contain contains containing create
  created creating current data delete deleted update updated updating
  describes describing detail details each existing field for from given has have hash if in indicates information info
  is it its new object objects of on one or our particular record represents representing resource set some specific
  specified specifies string that the their them these this those to used value values was we were which who whose will
  with you your`.split(/\s+/),
);

/** Returns whether every word of a text is a stop word or one of the names. Word endings are ignored. */
export function restatesNames(text: string, names: readonly string[]): boolean {
  const named = new Set(names.flatMap(wordsOf).map(stem));
  return wordsOf(text).every((word) => STOP_WORDS.has(word) || named.has(stem(word)) || /^\d+$/.test(word));
}

/** Splits a text into words in lower case: `billingDetails` -> `billing`, `details`. */
function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/'s\b/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/**
 * Removes the ending of a word and keeps at most seven letters, so that `delivered`, `delivery` and `deliveries` are
 * equal.
 */
function stem(word: string): string {
  const base = word.replace(/(?:ies|es|s|ed|ing|e|y)$/, '').slice(0, 7);
  return base.length < 2 ? word : base;
}

/**
 * Returns the first sentence of a doc comment that says more than the names. Deprecation notes, notes on the type, and
 * sentences that begin with "Defaults to" are skipped. A long sentence is shortened. Returns an empty text if there is
 * no such sentence.
 */
export function describingSentence(comment: string, names: readonly string[]): string {
  const sentences = sentencesOf(plainText(comment));
  const useful = sentences.find(
    (sentence) =>
      !/^(defaults? to|this method is deprecated|\[?deprecated|(open|closed) enum\.?$)/i.test(sentence) &&
      !restatesNames(sentence, names),
  );
  return useful === undefined ? '' : truncateSentence(useful);
}

/** Converts HTML and Markdown links to their text, and line breaks to spaces. Some links lack the closing bracket. */
function plainText(comment: string): string {
  return comment
    .replace(/<\/?(?:a|p|br|em|strong|ul|li|code)\b[^<>]*>/g, ' ')
    .replace(/\[([^[\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)?\)/g, '$1')
    .replace(/\[([^[\]]*)\]\(\S*/g, '$1')
    .replace(/\*\*|(?<![\w`])_(?=\w)|\*\//g, '')
    .replace(/[“”]/g, '"')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Splits a text into sentences. A full stop, exclamation mark or question mark ends a sentence if a capital letter or a
 * digit follows. The full stops in abbreviations such as `e.g.` and `U.S.` do not.
 */
function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=(?<!\b(?:e\.g|i\.e|vs|etc|approx|U\.S|U\.K|No))[.!?]["')]?)\s+(?=["'`(]?[A-Z0-9])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/**
 * Begins a sentence with a capital letter and ends it with a full stop. A sentence of more than MAX_LENGTH characters
 * is cut at its last comma or similar mark, or after a word if that mark is in the first third.
 */
function truncateSentence(sentence: string): string {
  const complete = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`.replace(/(?<![.!?:)"'])$/, '.');
  if (complete.length <= MAX_LENGTH) return complete;
  const start = complete.slice(0, MAX_LENGTH);
  const end = Math.max(...[', ', '; ', ' (', ': '].map((mark) => start.lastIndexOf(mark)));
  const cut = start.slice(0, end > MAX_LENGTH / 3 ? end : start.lastIndexOf(' '));
  return `${withoutOpenBracket(cut)} ...`;
}

/** Removes the text from an opening bracket on, if the truncated text does not close the bracket. */
function withoutOpenBracket(text: string): string {
  const open = text.lastIndexOf('(');
  return open > text.lastIndexOf(')') && open > 0 ? text.slice(0, open).trimEnd() : text;
}
