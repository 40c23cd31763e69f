import { LEFT_OUT } from '../catalog/list-parameters.ts';
import type { AccessPath } from './planner.ts';

/** Entities of the Search API whose objects may belong to a test clock. */
const SEARCHED_CLOCKS: ReadonlySet<string> = new Set([
  'Charge',
  'Customer',
  'Invoice',
  'PaymentIntent',
  'Subscription',
]);

/** Why the rows that are read may be others than the clause says. */
export function remarksOf(entity: string, branches: readonly AccessPath[]): string[] {
  const left = LEFT_OUT[entity];
  const remarks = branches.flatMap(({ source, parents }) => {
    // https://docs.stripe.com/search: lists leave them out, its Search API does not.
    if (source.by === 'search')
      return SEARCHED_CLOCKS.has(entity)
        ? ["Stripe's Search API finds objects of test clocks too, which its lists leave out"]
        : [];
    if (source.by !== 'list' || left === undefined) return [];
    return left.unless.some((name) => name in source.params || name in parents) ? [] : [left.remark];
  });
  return [...new Set(remarks)];
}
