import { filtersColumn, parameterOf } from '../catalog/overrides.ts';
import { pascal } from '../catalog/names.ts';
import type { Field, Fields, OperationRow, Route, Shape } from '../catalog/shapes.ts';
import type { BoundTerm } from './bind.ts';
import type { Column } from './columns.ts';
import type { Comparable } from './values.ts';

type Tree = Record<string, unknown>;

/** What of a conjunction one of Stripe's lists takes. */
export interface Pushed {
  readonly route: Route;
  /** Stripe's names of the parents, each with its id. */
  readonly parents: Readonly<Record<string, string>>;
  readonly params: Readonly<Tree>;
  readonly pushed: readonly BoundTerm[];
}

const BOUNDS = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const;

/** What a route cannot do without and the conjunction does not give. */
export function missingOf(route: Route, terms: readonly BoundTerm[]): string[] {
  const parents = placeholders(route).filter((name) => equalTo(terms, pascal(name)) === undefined);
  const required = Object.entries(route.params)
    .filter(
      ([name, { required: needed }]) =>
        needed && !terms.some((term) => term.operator === '=' && term.column.path[0] === name),
    )
    .map(([name]) => name);
  return [...parents, ...required].map(pascal);
}

/** Pushes as many terms into a route as it takes; undefined where it cannot be called so. */
export function pushDown(entity: string, route: Route, terms: readonly BoundTerm[]): Pushed | undefined {
  const parents: Record<string, string> = {};
  const pushed = new Set<BoundTerm>();
  for (const name of placeholders(route)) {
    const term = equalTo(terms, pascal(name));
    if (term === undefined) return undefined;
    parents[name] = term.written[0] ?? '';
    pushed.add(term);
  }
  const params: Tree = {};
  for (const term of terms) {
    if (!pushed.has(term) && pushTerm(entity, route, term, params)) pushed.add(term);
  }
  // What no object carries only Stripe can apply.
  if (terms.some((term) => !term.column.stored && !pushed.has(term))) return undefined;
  if (!complete(route.params, params)) return undefined;
  return { route, parents, params, pushed: [...pushed] };
}

function placeholders({ path }: Route): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'id');
}

function equalTo(terms: readonly BoundTerm[], name: string): BoundTerm | undefined {
  return terms.find(({ column, operator }) => operator === '=' && column.name === name);
}

/** Whether a list parameter stands for this column: then terms on it narrow the list. */
export function isPushable(entity: string, route: Route, { column }: BoundTerm): boolean {
  if (column.path.length === 1 && placeholders(route).includes(column.path[0] ?? '')) return true;
  const field = fieldAt(route.params, parameterIn(entity, route, column));
  if (field === undefined) return false;
  return !column.stored || (column.kind !== 'json' && filtersColumn(entity, column.path));
}

/** The list parameter of a column: at its own path, by another name, or spelt alike (`verification_status` of `verification.status`). */
function parameterIn(entity: string, { params }: Route, { path, name }: Column): readonly string[] {
  const own = parameterOf(entity, path);
  if (fieldAt(params, own) !== undefined) return own;
  const alike = Object.keys(params).find((one) => pascal(one) === name);
  return alike === undefined ? own : [alike];
}

/** The columns that Stripe's list takes itself, by the name that a clause has for them. */
export function listFilters(entity: string, row: OperationRow): ReadonlySet<string> {
  const found = new Set<string>();
  for (const route of [row, ...(row.also ?? [])]) {
    for (const name of placeholders(route)) found.add(pascal(name));
    for (const { name, path } of joined(route.params, '', []))
      if (path[0] !== 'expand' && filtersColumn(entity, path)) found.add(name);
  }
  return found;
}

function joined(
  fields: Fields,
  outer: string,
  before: readonly string[],
): { readonly name: string; readonly path: readonly string[] }[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const [name, path] = [outer + pascal(key), [...before, key]];
    const inner = typeof field.type === 'object' && 'object' in field.type ? field.type.object : undefined;
    return inner === undefined ? [{ name, path }] : joined(inner, name, path);
  });
}

function pushTerm(entity: string, route: Route, term: BoundTerm, params: Tree): boolean {
  const { column, operator, values } = term;
  const path = parameterIn(entity, route, column);
  const field = fieldAt(route.params, path);
  const [value] = values;
  if (field === undefined || value === undefined || !isPushable(entity, route, term)) return false;
  const bound = boundOf(route, field.type, value);
  if (bound !== undefined) {
    // Some of Stripe's lists take a range and no number: an equal value is a range of one.
    if (operator === '=') return placeNew(params, path, { gte: bound, lte: bound });
    return operator in BOUNDS && placeNew(params, [...path, BOUNDS[operator as keyof typeof BOUNDS]], bound);
  }
  if (operator === 'IN' && isList(field.type) && !column.stored)
    return term.written.every((text) => take(field.type, text)) && placeNew(params, path, [...term.written]);
  if (operator !== '=' || !take(field.type, term.written[0] ?? '')) return false;
  return placeNew(params, path, onTheWire(field.type, term, value)) && impliedType(route, path, params);
}

/**
 * A value as the bounds of a range take it: numbers in API v1, ISO 8601 in API v2. Undefined where the parameter is no
 * range.
 */
function boundOf({ path }: Route, shape: Shape, value: Comparable): number | string | undefined {
  if (typeof value !== 'number') return undefined;
  if (rangeOf(shape)) return path.startsWith('/v2/') ? new Date(value).toISOString() : value;
  const fields = typeof shape === 'object' && 'object' in shape ? shape.object : {};
  return Object.hasOwn(fields, 'gte') && Object.hasOwn(fields, 'lte') ? new Date(value).toISOString() : undefined;
}

/** `payment: {payment_intent: 'pi_1'}` needs its `type`, which the other name says. */
function impliedType(route: Route, [outer = '', inner = '']: readonly string[], params: Tree): boolean {
  const field = route.params[outer]?.type;
  const type = typeof field === 'object' && 'object' in field ? field.object['type'] : undefined;
  if (inner === '' || inner === 'type' || type?.required !== true || !take(type.type, inner)) return true;
  placeNew(params, [outer, 'type'], inner);
  return true;
}

function isList(shape: Shape): boolean {
  return typeof shape === 'object' && 'array' in shape;
}

/** Values that the parameter's own type takes. */
function take(shape: Shape, text: string): boolean {
  if (text === '') return false;
  if (typeof shape === 'object' && 'enum' in shape) return shape.open === true || shape.enum.map(String).includes(text);
  if (typeof shape === 'object' && 'array' in shape) return take(shape.array, text);
  if (typeof shape === 'object' && 'anyOf' in shape) return shape.anyOf.some((one) => take(one, text));
  return typeof shape === 'string' ? shape !== 'json' : 'range' in shape || 'reference' in shape;
}

function onTheWire(shape: Shape, { written }: BoundTerm, value: Comparable): unknown {
  const one = typeof value === 'object' ? written[0] : value;
  return typeof shape === 'object' && 'array' in shape ? [one] : one;
}

function rangeOf(shape: Shape): boolean {
  if (typeof shape === 'string') return false;
  return 'range' in shape || ('anyOf' in shape && shape.anyOf.some(rangeOf));
}

function fieldAt(fields: Fields, [name = '', ...rest]: readonly string[]): Field | undefined {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined || rest.length === 0) return field;
  return typeof field.type === 'object' && 'object' in field.type ? fieldAt(field.type.object, rest) : undefined;
}

/** Sets a value where none stands yet: of two terms on one parameter the second is evaluated here. */
function placeNew(tree: Tree, [name = '', ...rest]: readonly string[], value: unknown): boolean {
  const old = Object.hasOwn(tree, name) ? tree[name] : undefined;
  if (rest.length === 0) {
    if (old !== undefined) return false;
    tree[name] = value;
    return true;
  }
  if (old !== undefined && (typeof old !== 'object' || old === null)) return false;
  const inner = (old ?? {}) as Tree;
  if (!placeNew(inner, rest, value)) return false;
  tree[name] = inner;
  return true;
}

/** Whether everything that Stripe requires is there, inside of what was given too. */
function complete(fields: Fields, params: Readonly<Tree>): boolean {
  return Object.entries(fields).every(([name, field]) => {
    const value = params[name];
    if (value === undefined) return field.required !== true;
    const inner = typeof field.type === 'object' && 'object' in field.type ? field.type.object : undefined;
    return inner === undefined || typeof value !== 'object' || complete(inner, value as Tree);
  });
}
