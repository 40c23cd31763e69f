import { OMITTED_ROWS } from '../../catalog/list-parameters.ts';
import type { AccessPath } from './access-path.ts';

/** Searchable entities whose objects may belong to a test clock. */
const SEARCH_WITH_CLOCKS: ReadonlySet<string> = new Set([
  'Charge',
  'Customer',
  'Invoice',
  'PaymentIntent',
  'Subscription',
]);

/** Returns why the rows that Stripe returns may be more or fewer than those that match the clause. */
export function remarksOf(entity: string, paths: readonly AccessPath[]): string[] {
  const omission = OMITTED_ROWS[entity];
  const remarks = paths.flatMap(({ source, parents }) => {
    // https://docs.stripe.com/search: Stripe's lists omit objects of test clocks, the Search API does not.
    if (source.by === 'search')
      return SEARCH_WITH_CLOCKS.has(entity)
        ? ["Stripe's Search API also finds objects of test clocks, which its lists omit"]
        : [];
    if (source.by !== 'list' || omission === undefined) return [];
    return omission.unless.some((name) => name in source.params || name in parents) ? [] : [omission.remark];
  });
  return [...new Set(remarks)];
}
