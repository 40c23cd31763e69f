import type { Connector } from '../operations/connector.ts';
import type { OfferedTool } from './offered-tools.ts';

/** The operations that other verbs mean. */
const OPERATION_VERBS: Readonly<Record<string, string>> = {
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
 * Returns the names of the operations that match the query best, best first. A word in the name counts more than a word in
 * the description. Names with additional words and less used operations rank lower.
 */
export function rankOperations(
  { deps: { catalog } }: Connector,
  callable: ReadonlyMap<string, OfferedTool>,
  query: string,
  limit: number,
): readonly string[] {
  const exact = query
    .trim()
    .toLowerCase()
    .replace(/[\s.]+/g, '_');
  const words = queryWords(query).map((word) => OPERATION_VERBS[word] ?? word);
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
      const nameWords = queryWords(name);
      const texts = descriptions === undefined ? [] : [descriptions.entity(entity) ?? ''];
      const ownText =
        kind === 'action' ? descriptions?.action(target) : descriptions?.operation(entity, operation ?? 'Get');
      const textWords = new Set(queryWords([...texts, ownText ?? ''].join(' ')));
      const hits = words.map((word) => (nameWords.includes(word) ? IN_NAME : textWords.has(word) ? IN_TEXT : 0));
      const score = hits.reduce<number>((sum, hit) => sum + hit, 0);
      const otherWords = nameWords.filter((word) => !words.includes(word)).length;
      return { name, score: name === exact ? Infinity : score - otherWords / 4 - rank / 10_000, hit: score > 0 };
    },
  );
  return ranked
    .filter(({ hit, score }) => hit || score === Infinity)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Returns the words of a text in lower case, without filler words and plural endings. */
function queryWords(text: string): string[] {
  const words =
    text
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.filter((word) => !FILLERS.has(word)).map((word) => (word.length > 3 ? word.replace(/s$/, '') : word));
}
