import type { BoundExpr, BoundTerm } from './binder.ts';
import { memoizeByRef } from '../memoize.ts';
import { compileLike } from './like.ts';
import { compare, coerceValue } from './values.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Returns whether an object matches a clause. As in SQL, a column that is null matches no comparison, only IS NULL. A
 * column with a value to assume (`absent`) is compared by that value instead.
 */
export function matches(clause: BoundExpr, object: JsonObject): boolean {
  if (clause.kind === 'and') return clause.operands.every((operand) => matches(operand, object));
  if (clause.kind === 'or') return clause.operands.some((operand) => matches(operand, object));
  return matchesTerm(clause, object);
}

/** Returns whether an object matches one term. */
function matchesTerm(term: BoundTerm, object: JsonObject): boolean {
  const { column, operator, values } = term;
  // The column is a parameter of Stripe's list, which objects do not have. Stripe has already applied the term.
  if (!column.isResponseField) return true;
  const stored = valueAt(object, column.path);
  if (operator === 'IS NULL') return stored === null || stored === undefined;
  if (operator === 'IS NOT NULL') return stored !== null && stored !== undefined;
  const actual = coerceValue(column, stored ?? column.absent);
  if (actual === undefined) return false;
  const [expected] = values;
  if (expected === undefined) return false;
  switch (operator) {
    case 'IN':
      return values.some((value) => compare(actual, value) === 0);
    case 'LIKE':
      return likePattern(term)(typeof stored === 'string' ? stored : String(actual));
    case 'NOT LIKE':
      return !likePattern(term)(typeof stored === 'string' ? stored : String(actual));
    default: {
      const order = compare(actual, expected);
      return order !== undefined && COMPARISON_TESTS[operator](order);
    }
  }
}

/**
 * Returns whether an object is in the list that Stripe returns for a term. The result is true if objects do not show the
 * value that Stripe filters by.
 */
export function inStripeList(term: BoundTerm, object: JsonObject): boolean {
  const { column, literals } = term;
  if (column.isResponseField || column.shownAt === undefined) return matchesTerm(term, object);
  return valuesThroughLists(object, column.shownAt).some((value) => literals.includes(comparableText(value)));
}

/** Returns the text of a value. The text of an expanded reference is its id. */
function comparableText(value: unknown): string {
  return String(typeof value === 'object' && value !== null && 'id' in value ? value.id : value);
}

/** Returns every value at a path. A list on the path has one value for each item. */
function valuesThroughLists(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesThroughLists(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? valuesThroughLists((value as JsonObject)[name], rest)
    : [];
}

const likePattern = memoizeByRef(({ values }: BoundTerm) => compileLike(String(values[0])));

const COMPARISON_TESTS = {
  '=': (order: number) => order === 0,
  '!=': (order: number) => order !== 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
} as const;

/** Returns the value at a path. The path may lead through expanded references. */
export function valueAt(object: JsonObject, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}
