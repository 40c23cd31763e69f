import { asksForAll, maxValues } from '../../catalog/list-parameters.ts';
import { parentsOf, routesOf } from '../../catalog/routes.ts';
import type { Entity, OperationDefinition } from '../../catalog/types.ts';
import { invalidArgument } from '../../errors.ts';
import type { BoundExpr, BoundTerm } from '../binder.ts';
import type { AccessPath } from './access-path.ts';
import { missingOf } from './pushdown.ts';
import { syntaxError } from '../syntax/tokenizer.ts';

/**
 * Rejects a parameter that objects do not have unless it applies to the whole clause: rows of two such lists could not
 * be distinguished.
 */
export function checkListOnlyFilters(
  entity: string,
  clause: BoundExpr | undefined,
  top: readonly BoundExpr[],
  definition: OperationDefinition,
): void {
  const parents = new Set(routesOf(definition).flatMap(({ path }) => parentsOf(path)));
  for (const term of termsOf(clause)) {
    const { column, operator, at } = term;
    if (column.isResponseField || (column.path.length === 1 && parents.has(column.path[0] ?? ''))) continue;
    const multiple = takesSeveral(definition, column.path) && !asksForAll(entity, column.path);
    if (multiple && term.literals.length > maxValues(entity, column.path))
      throw syntaxError(`Stripe supports at most ${maxValues(entity, column.path)} values of ${column.name},`, at);
    if (top.includes(term) && (operator !== 'IN' || multiple || column.shownAt !== undefined)) continue;
    throw syntaxError(
      `${column.name} is a filter of Stripe's list; use it once and join it to the whole clause by AND,`,
      at,
    );
  }
}

/** Returns whether Stripe's list accepts several values of a parameter at once: `lookup_keys[]`. */
function takesSeveral(definition: OperationDefinition, [name = '']: readonly string[]): boolean {
  return routesOf(definition).some(({ params }) => {
    const fieldType = Object.hasOwn(params, name) ? params[name]?.type : undefined;
    return typeof fieldType === 'object' && 'array' in fieldType;
  });
}

/** Lists that are filtered by these fields include objects of test clocks. */
const REACHES_CLOCKS: ReadonlySet<string> = new Set(['test_clock', 'customer', 'customer_account', 'subscription']);

/**
 * Rejects a term on the test clock unless Stripe applies it or the list is that of a parent: Stripe's other lists omit
 * objects of test clocks, so the term would match no row. https://docs.stripe.com/billing/testing/test-clocks
 */
export function checkTestClocks(clause: BoundExpr | undefined, paths: readonly AccessPath[]): void {
  const reached = paths.every(
    ({ source, pushed }) =>
      source.by === 'ids' || pushed.some(({ column }) => REACHES_CLOCKS.has(column.path[0] ?? '')),
  );
  if (reached) return;
  rejectTerm(
    clause,
    'test_clock',
    "Stripe's lists omit objects of test clocks; add a parent, such as Customer = '...', joined by AND,",
  );
}

/**
 * Rejects a term on `deleted`: Stripe's lists omit deleted objects, and only those have the field, so even `Deleted =
 * false` would match no row. https://docs.stripe.com/api/customers/delete
 */
export function checkDeleted(clause: BoundExpr | undefined): void {
  rejectTerm(clause, 'deleted', "Stripe's lists omit deleted objects; use Get with the id,");
}

/** Rejects every term but IS NULL on a column that no object of a list has. */
function rejectTerm(clause: BoundExpr | undefined, path: string, why: string): void {
  for (const { column, operator, at } of termsOf(clause))
    if (column.path.join('.') === path && operator !== 'IS NULL')
      throw syntaxError(`${column.name} ${operator} matches no row: ${why}`, at);
}

function termsOf(clause: BoundExpr | undefined): BoundTerm[] {
  if (clause === undefined) return [];
  return clause.kind === 'term' ? [clause] : clause.operands.flatMap(termsOf);
}

/** Returns the error for a query that Stripe's list does not support. */
export function unsupportedQuery(entity: Entity, definition: OperationDefinition, terms: readonly BoundTerm[]): Error {
  const alternatives = routesOf(definition).map((route) => missingOf(route, terms).map((name) => `${name} = '...'`));
  const missing = [...new Set(alternatives.filter((terms) => terms.length > 0).map((terms) => terms.join(' AND ')))];
  const description =
    missing.length > 0
      ? `Stripe lists ${entity.entity} only with ${missing.join(', or ')}; add it, joined by AND`
      : `Stripe's list of ${entity.entity} does not support this combination of terms`;
  return invalidArgument([{ field: 'filterClause', description }]);
}
