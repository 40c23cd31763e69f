import type { Descriptions } from '../catalog/descriptions.ts';
import type { Connector } from '../operations/connector.ts';
import type { OfferedTool } from './offered-tools.ts';
import { canonicalWord, queryWords, readToolQuery, type ToolQuery } from './tool-query.ts';
import { isFrequentTool } from './tool-order.ts';

/** Score of a word of the query that the name of the operation contains. */
const IN_NAME = 3;
/** Score of a word of the query with the same meaning as a word of the name, such as `remove` for `delete`. */
const SYNONYM = 2.5;
/** Score of a word of the query that the description contains and the name does not. */
const IN_TEXT = 0.5;
/** Score of a word of the name for which the query has no word. */
const OTHER_WORD = -0.75;
/** Additional score of an operation that is among the most used. */
const FREQUENT = 0.8;
/**
 * Additional scores for a query without a verb. Such a query is treated as a request to read objects, not to change
 * them.
 */
const WITHOUT_VERB = { list: 1.1, get: 1, write: -2 };

/**
 * Returns the names of the operations that match the query best, best first. A word in the name counts more than a word in
 * the description. Names with additional words and less used operations rank lower.
 */
export function rankOperations(
  { deps: { catalog } }: Connector,
  callable: ReadonlyMap<string, OfferedTool>,
  text: string,
  limit: number,
): readonly string[] {
  const exact = text
    .trim()
    .toLowerCase()
    .replace(/[\s.]+/g, '_');
  const query = readToolQuery(text, actionVerbs(callable));
  const descriptions = catalog.descriptions?.();
  const ranked = [...callable].flatMap(([name, tool], rank) => {
    if (name === exact) return [{ name, score: Infinity }];
    const score = matchScore(query, name, tool, descriptions);
    return score === undefined ? [] : [{ name, score: score - rank / 10_000 }];
  });
  return ranked
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Returns the first word of the name of each action: `cancel` for `cancel_subscription`. */
function actionVerbs(callable: ReadonlyMap<string, OfferedTool>): ReadonlySet<string> {
  return new Set([...callable].flatMap(([name, { operation }]) => (operation === undefined ? [verbOf(name)] : [])));
}

const verbOf = (name: string): string => name.split('_')[0] ?? name;

/**
 * Returns the score of an operation for a query, or undefined if neither the name nor the description has
 * a word of the query, and the name has no synonym of one.
 */
function matchScore(
  { words, hasVerb }: ToolQuery,
  name: string,
  tool: OfferedTool,
  descriptions: Descriptions | undefined,
): number | undefined {
  const nameWords = queryWords(name);
  const textWords = new Set(queryWords(textOf(tool, descriptions)));
  const wordScores = words.map((word) => {
    if (nameWords.includes(word)) return IN_NAME;
    if (nameWords.includes(canonicalWord(word))) return SYNONYM;
    return textWords.has(word) ? IN_TEXT : 0;
  });
  if (wordScores.every((score) => score === 0)) return undefined;
  const matchedWords = new Set([...words, ...words.map(canonicalWord), ...(hasVerb ? [] : ['list', 'get'])]);
  const otherWords = nameWords.filter((word) => !matchedWords.has(word)).length;
  const sum = wordScores.reduce<number>((total, score) => total + score, 0);
  return sum + otherWords * OTHER_WORD + (isFrequentTool(name) ? FREQUENT : 0) + (hasVerb ? 0 : readBonus(tool));
}

function readBonus({ operation, readOnly }: OfferedTool): number {
  if (!readOnly()) return WITHOUT_VERB.write;
  return operation === 'List' ? WITHOUT_VERB.list : WITHOUT_VERB.get;
}

/** Returns the descriptions of a tool's entity and of its operation or action, as one text. */
function textOf({ entity, target: [kind, name], operation }: OfferedTool, descriptions?: Descriptions): string {
  const description =
    kind === 'action' ? descriptions?.action(name) : descriptions?.operation(entity, operation ?? 'Get');
  return `${descriptions?.entity(entity) ?? ''} ${description ?? ''}`;
}
