import type { Descriptions } from '../catalog/descriptions.ts';
import type { Connector } from '../operations/connector.ts';
import type { OfferedTool } from './offered-tools.ts';

/** The operation for each verb that a query may have. */
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

/** Score of a word of the query that is in the name of an operation, or only in its description. */
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
  const ranked = [...callable].flatMap(([name, tool], rank) => {
    if (name === exact) return [{ name, score: Infinity }];
    const nameWords = queryWords(name);
    const score = matchScore(words, nameWords, new Set(queryWords(textOf(tool, descriptions))));
    if (score === 0) return [];
    const otherWords = nameWords.filter((word) => !words.includes(word)).length;
    return [{ name, score: score - otherWords / 4 - rank / 10_000 }];
  });
  return ranked
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ name }) => name);
}

function matchScore(words: readonly string[], nameWords: readonly string[], textWords: ReadonlySet<string>): number {
  let score = 0;
  for (const word of words) {
    if (nameWords.includes(word)) score += IN_NAME;
    else if (textWords.has(word)) score += IN_TEXT;
  }
  return score;
}

/** Returns the descriptions of the entity and of the operation or action. */
function textOf({ entity, target: [kind, name], operation }: OfferedTool, descriptions?: Descriptions): string {
  const own = kind === 'action' ? descriptions?.action(name) : descriptions?.operation(entity, operation ?? 'Get');
  return `${descriptions?.entity(entity) ?? ''} ${own ?? ''}`;
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
