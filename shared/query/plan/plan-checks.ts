import { selectsAllOf, maxValues } from '../../catalog/list-parameters.ts';
import { parentsOf, routesOf } from '../../catalog/routes.ts';
import type { Entity, OperationDefinition } from '../../catalog/types.ts';
import { invalidArgument } from '../../errors.ts';
import type { BoundExpr, BoundTerm } from '../binder.ts';
import type { AccessPath } from './access-path.ts';
import { missingParameters } from './pushdown.ts';
import { syntaxError } from '../syntax/tokenizer.ts';

/**
 * Rejects a term on a parameter of Stripe's list that is not a field of objects, unless Stripe can apply it to every
 * row. The connector cannot apply such a term itself. The term must be the whole clause or be joined to it by AND. With
 * IN, either the list accepts several values, or objects show the value (`shownAt`): the connector then reads one list
 * for each value and detects rows that several of these lists contain.
 */
export function checkListOnlyFilters(
  entity: string,
  clause: BoundExpr | undefined,
  conjuncts: readonly BoundExpr[],
  definition: OperationDefinition,
): void {
  const parents = new Set(routesOf(definition).flatMap(({ path }) => parentsOf(path)));
  for (const term of termsOf(clause)) {
    const { column, operator, at } = term;
    if (column.isResponseField || (column.path.length === 1 && parents.has(column.path[0] ?? ''))) continue;
    const supportsIn = acceptsSeveral(definition, column.path) && !selectsAllOf(entity, column.path);
    if (supportsIn && term.literals.length > maxValues(entity, column.path))
      throw syntaxError(`Stripe supports at most ${maxValues(entity, column.path)} values of ${column.name},`, at);
    if (conjuncts.includes(term) && (operator !== 'IN' || supportsIn || column.shownAt !== undefined)) continue;
    throw syntaxError(
      `${column.name} is a filter of Stripe's list; use it once and join it to the whole clause by AND,`,
      at,
    );
  }
}

/** Returns whether Stripe's list accepts several values of a parameter at once: `lookup_keys[]`. */
function acceptsSeveral(definition: OperationDefinition, [name = '']: readonly string[]): boolean {
  return routesOf(definition).some(({ params }) => {
    const fieldType = Object.hasOwn(params, name) ? params[name]?.type : undefined;
    return typeof fieldType === 'object' && 'array' in fieldType;
  });
}

/** Filters with which a list includes objects of test clocks. */
const CLOCK_FILTERS: ReadonlySet<string> = new Set(['test_clock', 'customer', 'customer_account', 'subscription']);

/**
 * Rejects a term on the test clock unless every access path reads objects by their ids or filters by one of
 * CLOCK_FILTERS. Stripe's other lists omit objects of test clocks, so the term would match none of their rows.
 * https://docs.stripe.com/billing/testing/test-clocks
 */
export function checkTestClocks(clause: BoundExpr | undefined, paths: readonly AccessPath[]): void {
  const includesClocks = paths.every(
    ({ source, pushed }) => source.by === 'ids' || pushed.some(({ column }) => CLOCK_FILTERS.has(column.path[0] ?? '')),
  );
  if (includesClocks) return;
  rejectTerm(
    clause,
    'test_clock',
    "Stripe's lists omit objects of test clocks; add a parent, such as Customer = '...', joined by AND,",
  );
}

/**
 * Rejects a term on `deleted`, except IS NULL. Only deleted objects have the field, and Stripe's lists omit deleted
 * objects, so even `Deleted = false` would match no row. https://docs.stripe.com/api/customers/delete
 */
export function checkDeleted(clause: BoundExpr | undefined): void {
  rejectTerm(clause, 'deleted', "Stripe's lists omit deleted objects; use Get with the id,");
}

/** Rejects terms on a column that no listed object has, except IS NULL. */
function rejectTerm(clause: BoundExpr | undefined, path: string, why: string): void {
  for (const { column, operator, at } of termsOf(clause))
    if (column.path.join('.') === path && operator !== 'IS NULL')
      throw syntaxError(`${column.name} ${operator} matches no row: ${why}`, at);
}

/** Returns every term of a clause. */
function termsOf(clause: BoundExpr | undefined): BoundTerm[] {
  if (clause === undefined) return [];
  return clause.kind === 'term' ? [clause] : clause.operands.flatMap(termsOf);
}

/** Returns the error for a query that Stripe's list does not support. */
export function unsupportedQuery(entity: Entity, definition: OperationDefinition, terms: readonly BoundTerm[]): Error {
  const alternatives = routesOf(definition).map((route) =>
    missingParameters(route, terms).map((name) => `${name} = '...'`),
  );
  const missing = [
    ...new Set(alternatives.filter((required) => required.length > 0).map((required) => required.join(' AND '))),
  ];
  const description =
    missing.length > 0
      ? `Stripe lists ${entity.entity} only with ${missing.join(', or ')}; add it, joined by AND`
      : `Stripe's list of ${entity.entity} does not support this combination of terms`;
  return invalidArgument([{ field: 'filterClause', description }]);
}
