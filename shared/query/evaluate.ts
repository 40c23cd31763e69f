import type { Bound, BoundTerm } from './binder.ts';
import { lazilyOf } from '../memoize.ts';
import { compileLike } from './like.ts';
import { compare, readStored } from './values.ts';

type Stored = Readonly<Record<string, unknown>>;

/** Whether an object meets a clause. A column that is null meets IS NULL alone, as in SQL. */
export function meets(clause: Bound, object: Stored): boolean {
  if (clause.kind === 'and') return clause.of.every((one) => meets(one, object));
  if (clause.kind === 'or') return clause.of.some((one) => meets(one, object));
  return meetsTerm(clause, object);
}

function meetsTerm(term: BoundTerm, object: Stored): boolean {
  const { column, operator, values } = term;
  // Stripe has applied what is no column of the object.
  if (!column.stored) return true;
  const stored = valueAt(object, column.path);
  if (operator === 'IS NULL') return stored === null || stored === undefined;
  if (operator === 'IS NOT NULL') return stored !== null && stored !== undefined;
  const actual = readStored(column, stored ?? column.absent);
  if (actual === undefined) return false;
  const [wanted] = values;
  if (wanted === undefined) return false;
  switch (operator) {
    case 'IN':
      return values.some((one) => compare(actual, one) === 0);
    case 'LIKE':
      return patternOf(term)(typeof stored === 'string' ? stored : String(actual));
    case 'NOT LIKE':
      return !patternOf(term)(typeof stored === 'string' ? stored : String(actual));
    default: {
      const order = compare(actual, wanted);
      return order !== undefined && ORDERS[operator](order);
    }
  }
}

/** Whether an object is in the list that a term asks Stripe for; where it does not show it, as if it were. */
export function isListed(term: BoundTerm, object: Stored): boolean {
  const { column, written } = term;
  if (column.stored || column.shownAt === undefined) return meetsTerm(term, object);
  return valuesAt(object, column.shownAt).some((one) => written.includes(textOf(one)));
}

/** An expanded reference counts as its id. */
function textOf(value: unknown): string {
  return String(typeof value === 'object' && value !== null && 'id' in value ? value.id : value);
}

function valuesAt(value: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt(one, name === undefined ? [] : [name, ...rest]));
  if (name === undefined) return [value];
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? valuesAt((value as Stored)[name], rest)
    : [];
}

const patternOf = lazilyOf(({ values }: BoundTerm) => compileLike(String(values[0])));

const ORDERS = {
  '=': (order: number) => order === 0,
  '!=': (order: number) => order !== 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
} as const;

/** The value at a path; a reference that was expanded is passed through. */
export function valueAt(object: Stored, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Stored)[name];
  }
  return value;
}
