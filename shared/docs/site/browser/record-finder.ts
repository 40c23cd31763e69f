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
/** Weight of the pages of single entities and actions. */
const ENTITY_PAGE_WEIGHT = 0.6;

/** Returns a function that finds records by words. Records with every word come before those with some of them. */
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
    // Splits `PaymentIntent.Create` into three words.
    tokenize: (text) => text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^\p{L}\p{N}]+/u),
  });
  index.addAll(records);
  return (text) => {
    const withAll = index.search(text, { combineWith: 'AND' });
    const withSome = index.search(text, { combineWith: 'OR' });
    const ids = new Set([...withAll, ...withSome].map(({ id }) => Number(id)));
    const matches = [...ids].flatMap((id) => byId.get(id) ?? []);
    // If the text is a name, its own page comes first, then the section or table row with this heading.
    const name = text.trim().toLowerCase();
    const rankOf = ({ page, heading }: SearchRecord): number => {
      if (heading === '') return page.toLowerCase() === name ? 0 : 2;
      return heading.toLowerCase().split(', ').includes(name) ? 1 : 2;
    };
    return matches.toSorted((a, b) => rankOf(a) - rankOf(b));
  };
}

function weightOf(record: SearchRecord | undefined): number {
  if (record?.words !== undefined) return ENTITY_PAGE_WEIGHT;
  return WEIGHTS.find(([url]) => url.test(record?.url ?? ''))?.[1] ?? 1;
}
