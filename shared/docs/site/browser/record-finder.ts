import MiniSearch from 'minisearch';
import type { SearchRecord } from '../content/search-records.ts';

/** Words of a question that the search ignores. */
const QUESTION_WORDS: ReadonlySet<string> = new Set(
  'a an and are can do does for how i in is it my of on the to what when where which why with you'.split(' '),
);

/** Weights of results by the address of the page. Pages that often answer a question rank higher. */
const WEIGHTS: readonly (readonly [url: RegExp, weight: number])[] = [
  [/\/(tutorials|how-to)\//, 1.3],
  [/\/project\//, 0.3],
];
/** Weight of the pages of single entities and actions, and of pages that only list other pages. */
const ENTITY_PAGE_WEIGHT = 0.6;

/** Words that name an operation of an entity. */
const OPERATION_WORDS: ReadonlySet<string> = new Set(
  'list find search show get read create add make new update change delete remove'.split(' '),
);

/**
 * Returns a function that finds records by words. Pages whose title the words name come first. Otherwise, records that
 * contain every word come before records that contain some of the words.
 */
export function recordFinder(records: readonly SearchRecord[]): (text: string) => SearchRecord[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const index = new MiniSearch<SearchRecord>({
    fields: ['page', 'heading', 'text', 'words'],
    processTerm: (term) => (QUESTION_WORDS.has(term.toLowerCase()) ? null : term.toLowerCase()),
    searchOptions: {
      boost: { page: 4, heading: 3 },
      prefix: (term) => term.length > 2,
      fuzzy: 0.15,
      boostDocument: (id) => weightOf(byId.get(Number(id))),
    },
    tokenize: splitWords,
  });
  index.addAll(records);
  return (text) => {
    const withAll = index.search(text, { combineWith: 'AND' });
    const withSome = index.search(text, { combineWith: 'OR' });
    const named = namedPages(records, text).map(({ id }) => id);
    const ids = new Set([...named, ...[...withAll, ...withSome].map(({ id }) => Number(id))]);
    const matches = [...ids].flatMap((id) => byId.get(id) ?? []);
    // If the text is a name, the page with this title comes first, then the other pages of `namedPages`, then the
    // section or table row with this heading, then all other records.
    const name = text.trim().toLowerCase();
    const rankOf = ({ id, page, heading }: SearchRecord): number => {
      if (heading === '' && page.toLowerCase() === name) return 0;
      if (named.includes(id)) return 1;
      return heading.toLowerCase().split(', ').includes(name) ? 2 : 3;
    };
    return matches.toSorted((a, b) => rankOf(a) - rankOf(b));
  };
}

/**
 * Returns the pages whose title the query names: `cancel subscription` names CancelSubscription. For the page of an
 * entity or an action, a query with the word of an operation may also have words that are not in the title: `list
 * invoices unpaid` names Invoice. If the query names several pages, only the pages whose titles have the most words are
 * returned.
 */
function namedPages(records: readonly SearchRecord[], text: string): SearchRecord[] {
  const queryWords = titleWords(text);
  const hasOperation = [...queryWords].some((word) => OPERATION_WORDS.has(word));
  const named = records.flatMap((record) => {
    if (record.heading !== '') return [];
    const title = titleWords(record.page);
    const isWhole = title.size === queryWords.size;
    const isPart = record.words !== undefined && hasOperation;
    return (isWhole || isPart) && [...title].every((word) => queryWords.has(word))
      ? [{ record, size: title.size }]
      : [];
  });
  const longest = Math.max(...named.map(({ size }) => size));
  return named.filter(({ size }) => size === longest).map(({ record }) => record);
}

/** Returns the words of a title or a query in lower case, without QUESTION_WORDS and plural endings. */
function titleWords(text: string): ReadonlySet<string> {
  const words = splitWords(text).map((word) => word.toLowerCase());
  const kept = words.filter((word) => word !== '' && !QUESTION_WORDS.has(word));
  return new Set(kept.map((word) => (word.length > 3 ? word.replace(/s$/, '') : word)));
}

/**
 * Splits a text before each capital that follows a small letter or a digit, and at all characters other than letters
 * and digits: `PaymentIntent.Create` into three words.
 */
function splitWords(text: string): string[] {
  return text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^\p{L}\p{N}]+/u);
}

function weightOf(record: SearchRecord | undefined): number {
  if (record?.words !== undefined) return ENTITY_PAGE_WEIGHT;
  return WEIGHTS.find(([url]) => url.test(record?.url ?? ''))?.[1] ?? 1;
}
