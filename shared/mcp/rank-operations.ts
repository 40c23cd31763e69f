import type { Connector } from '../operations/connector.ts';
import type { Offered } from './offered-tools.ts';

/** Verbs of people by the operation that they mean. */
const VERBS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['find', 'search', 'show', 'query', 'all'].map((verb) => [verb, 'list'])),
  ...Object.fromEntries(['fetch', 'read', 'retrieve', 'view'].map((verb) => [verb, 'get'])),
  ...Object.fromEntries(['add', 'make', 'new', 'open', 'issue', 'start'].map((verb) => [verb, 'create'])),
  ...Object.fromEntries(['change', 'edit', 'modify', 'set', 'rename'].map((verb) => [verb, 'update'])),
  ...Object.fromEntries(['remove', 'erase'].map((verb) => [verb, 'delete'])),
};
const FILLERS: ReadonlySet<string> = new Set(
  'a an the of for to in on at by with from and or my our i want'.split(' '),
);

/** Weight of a word of the query in the name of an operation, and in its text. */
const IN_NAME = 3;
const IN_TEXT = 1;

/**
 * Returns the names of the operations that fit the query best, best first. Words of the name count more than words of
 * the description; names with further words, and those that are used less, come later.
 */
export function rankOperations(
  { deps: { catalog } }: Connector,
  callable: ReadonlyMap<string, Offered>,
  query: string,
  limit: number,
): readonly string[] {
  const exact = query
    .trim()
    .toLowerCase()
    .replace(/[\s.]+/g, '_');
  const wanted = wordsOf(query).map((word) => VERBS[word] ?? word);
  const descriptions = catalog.descriptions?.();
  const ranked = [...callable].map(
    (
      [
        name,
        {
          entity,
          target: [kind, target],
          operation,
        },
      ],
      rank,
    ) => {
      const named = wordsOf(name);
      const texts = descriptions === undefined ? [] : [descriptions.entity(entity) ?? ''];
      const own =
        kind === 'action' ? descriptions?.action(target) : descriptions?.operation(entity, operation ?? 'Get');
      const said = new Set(wordsOf([...texts, own ?? ''].join(' ')));
      const hits = wanted.map((word) => (named.includes(word) ? IN_NAME : said.has(word) ? IN_TEXT : 0));
      const score = hits.reduce<number>((sum, hit) => sum + hit, 0);
      const further = named.filter((word) => !wanted.includes(word)).length;
      return { name, score: name === exact ? Infinity : score - further / 4 - rank / 10_000, hit: score > 0 };
    },
  );
  return ranked
    .filter(({ hit, score }) => hit || score === Infinity)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Words without the ending of a plural. */
function wordsOf(text: string): string[] {
  const words =
    text
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.filter((word) => !FILLERS.has(word)).map((word) => (word.length > 3 ? word.replace(/s$/, '') : word));
}
