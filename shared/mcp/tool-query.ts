/** Interprets the words of a search for an operation. */

/** Maps a word of a query to the word that the names of operations use instead, such as `remove` to `delete`. */
const CANONICAL_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    list: 'find search show query all filter',
    get: 'fetch read retrieve view',
    create: 'add make new open issue start take accept receive',
    update: 'change edit modify set rename',
    delete: 'remove erase',
    cancel: 'stop end terminate abort',
    customer: 'buyer client user',
    dispute: 'chargeback',
    preview: 'upcoming',
  }).flatMap(([meaning, words]) => words.split(' ').map((word) => [word, meaning] as const)),
);
const VERBS: ReadonlySet<string> = new Set(['list', 'get', 'create', 'update', 'delete', 'cancel']);

/**
 * Words that replace the first word of a query such as `refund a payment`. The first word is replaced only if other
 * words follow it and none of them is a verb.
 */
const LEADING_VERBS: Readonly<Record<string, readonly string[]>> = {
  refund: ['create', 'refund'],
  charge: ['create', 'payment', 'intent'],
  subscribe: ['create', 'subscription'],
  bill: ['create', 'invoice'],
};

const FILLERS: ReadonlySet<string> = new Set(
  'a an the of for to in on at by with from and or my our i me we it is are was be that this want need how can do'.split(
    ' ',
  ),
);

export interface ToolQuery {
  readonly words: readonly string[];
  /**
   * Whether a word is a verb, such as `list`. A verb of an action, such as `pay`, counts only together with other
   * words.
   */
  readonly hasVerb: boolean;
}

/** Parses a query. `actionVerbs` has the first words of the names of actions: `cancel`, `pay`. */
export function readToolQuery(text: string, actionVerbs: ReadonlySet<string>): ToolQuery {
  const [first = '', ...others] = queryWords(text);
  const isVerb = (word: string): boolean => VERBS.has(canonicalWord(word));
  const leading = Object.hasOwn(LEADING_VERBS, first) ? LEADING_VERBS[first] : undefined;
  if (leading !== undefined && others.length > 0 && !others.some(isVerb))
    return { words: [...new Set([...leading, ...others])], hasVerb: true };
  const words = [first, ...others];
  return { words, hasVerb: words.some(isVerb) || (others.length > 0 && words.some((word) => actionVerbs.has(word))) };
}

/** Returns the word that the names of operations use for a word. Returns a word without an entry unchanged. */
export function canonicalWord(word: string): string {
  return CANONICAL_WORDS.get(word) ?? word;
}

/** Returns the words of a text in lower case, without filler words and plural endings. */
export function queryWords(text: string): string[] {
  const words =
    text
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.filter((word) => !FILLERS.has(word)).map((word) => (word.length > 3 ? word.replace(/s$/, '') : word));
}
