import type { Bound, BoundTerm } from './bind.ts';
import { compare, readStored } from './values.ts';

type Stored = Readonly<Record<string, unknown>>;

/** Whether an object meets a clause. A column that is null meets IS NULL alone, as in SQL. */
export function meets(clause: Bound, object: Stored): boolean {
  if (clause.kind === 'and') return clause.of.every((one) => meets(one, object));
  if (clause.kind === 'or') return clause.of.some((one) => meets(one, object));
  return meetsTerm(clause, object);
}

function meetsTerm({ column, operator, values }: BoundTerm, object: Stored): boolean {
  // Stripe has applied what is no column of the object.
  if (!column.stored) return true;
  const stored = valueAt(object, column.path);
  if (operator === 'IS NULL') return stored === null || stored === undefined;
  if (operator === 'IS NOT NULL') return stored !== null && stored !== undefined;
  const actual = readStored(column, stored);
  if (actual === undefined) return false;
  const [wanted] = values;
  if (wanted === undefined) return false;
  switch (operator) {
    case 'IN':
      return values.some((one) => compare(actual, one) === 0);
    case 'LIKE':
      return like(typeof stored === 'string' ? stored : String(actual), String(wanted));
    case 'NOT LIKE':
      return !like(typeof stored === 'string' ? stored : String(actual), String(wanted));
    default: {
      const order = compare(actual, wanted);
      return order !== undefined && ORDERS[operator](order);
    }
  }
}

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

/** SQL's LIKE: `%` is any text, `_` one character. Two fingers and one way back: no pattern makes it explode. */
export function like(text: string, pattern: string): boolean {
  const characters = Array.from(text);
  const wanted = Array.from(pattern);
  let [at, in_] = [0, 0];
  let star = -1;
  let resume = 0;
  while (at < characters.length) {
    if (in_ < wanted.length && wanted[in_] === '%') {
      star = in_;
      resume = at;
      in_ += 1;
    } else if (in_ < wanted.length && (wanted[in_] === '_' || wanted[in_] === characters[at])) {
      at += 1;
      in_ += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      in_ = star + 1;
    } else return false;
  }
  return wanted.slice(in_).every((one) => one === '%');
}
