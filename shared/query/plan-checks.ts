import { asksForAll, mostValues } from '../catalog/list-parameters.ts';
import type { Entity, OperationDefinition } from '../catalog/types.ts';
import { invalidArgument } from '../errors.ts';
import type { BoundExpr, BoundTerm } from './binder.ts';
import type { AccessPath } from './planner.ts';
import { missingOf } from './pushdown.ts';
import { syntaxError } from './tokenizer.ts';

/** A parameter that no object carries filters the whole clause or nothing: rows of two such lists could not be told apart. */
export function checkUnstored(
  entity: string,
  clause: BoundExpr | undefined,
  top: readonly BoundExpr[],
  definition: OperationDefinition,
): void {
  const parents = new Set(
    [definition, ...(definition.also ?? [])].flatMap(({ path }) =>
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    ),
  );
  for (const term of termsOf(clause)) {
    const { column, operator, at } = term;
    if (column.isResponseField || (column.path.length === 1 && parents.has(column.path[0] ?? ''))) continue;
    const several = takesSeveral(definition, column.path) && !asksForAll(entity, column.path);
    if (several && term.literals.length > mostValues(entity, column.path))
      throw syntaxError(`Stripe takes at most ${mostValues(entity, column.path)} values of ${column.name},`, at);
    if (top.includes(term) && (operator !== 'IN' || several || column.shownAt !== undefined)) continue;
    throw syntaxError(
      `${column.name} is a filter of Stripe's own list: it must stand for the whole clause, joined by AND, once,`,
      at,
    );
  }
}

/** Whether Stripe's list takes several values of it at once: `lookup_keys[]`. */
function takesSeveral(definition: OperationDefinition, [name = '']: readonly string[]): boolean {
  return [definition, ...(definition.also ?? [])].some(({ params }) => {
    const fieldType = Object.hasOwn(params, name) ? params[name]?.type : undefined;
    return typeof fieldType === 'object' && 'array' in fieldType;
  });
}

/** Lists that are narrowed so hold objects of test clocks too. */
const REACHES_CLOCKS: ReadonlySet<string> = new Set(['test_clock', 'customer', 'customer_account', 'subscription']);

/**
 * Stripe's lists leave out objects of test clocks, so a term on the clock would meet no row: it is an error, unless Stripe
 * applies it, or the list is that of a parent. https://docs.stripe.com/billing/testing/test-clocks
 */
export function checkTestClocks(clause: BoundExpr | undefined, branches: readonly AccessPath[]): void {
  const reached = branches.every(
    ({ source, pushed }) =>
      source.by === 'ids' || pushed.some(({ column }) => REACHES_CLOCKS.has(column.path[0] ?? '')),
  );
  if (reached) return;
  refuseTerm(
    clause,
    'test_clock',
    "Stripe's lists leave out objects of test clocks. Add a parent, such as Customer = '...', joined by AND,",
  );
}

/**
 * Nor do they hold deleted objects, which alone say that they are: `Deleted = false` would meet none either.
 * https://docs.stripe.com/api/customers/delete
 */
export function checkDeleted(clause: BoundExpr | undefined): void {
  refuseTerm(clause, 'deleted', "Stripe's lists hold no deleted objects. A Get by its id answers one,");
}

/** Of a column that no object of a list has, every term but IS NULL meets no row. */
function refuseTerm(clause: BoundExpr | undefined, path: string, why: string): void {
  for (const { column, operator, at } of termsOf(clause))
    if (column.path.join('.') === path && operator !== 'IS NULL')
      throw syntaxError(`${column.name} ${operator} meets no row: ${why}`, at);
}

function termsOf(clause: BoundExpr | undefined): BoundTerm[] {
  if (clause === undefined) return [];
  return clause.kind === 'term' ? [clause] : clause.operands.flatMap(termsOf);
}

/** Why Stripe cannot be asked so. */
export function unreachable(entity: Entity, definition: OperationDefinition, terms: readonly BoundTerm[]): Error {
  const ways = [definition, ...(definition.also ?? [])].map((route) =>
    missingOf(route, terms).map((name) => `${name} = '...'`),
  );
  const missing = [...new Set(ways.filter((way) => way.length > 0).map((way) => way.join(' AND ')))];
  const description =
    missing.length > 0
      ? `Stripe lists ${entity.entity} only with ${missing.join(', or ')}: add it, joined by AND`
      : `Stripe's list of ${entity.entity} does not take these terms together`;
  return invalidArgument([{ field: 'filterClause', description }]);
}
