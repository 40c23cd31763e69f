import {
  asksForAll,
  boundByName,
  companions,
  filtersColumn,
  hasCompanions,
  maxValues,
  parameterOf,
} from '../../catalog/list-parameters.ts';
import { pascal } from '../../catalog/names.ts';
import { parentsOf, routesOf } from '../../catalog/routes.ts';
import type { Fields, OperationDefinition, Route, FieldType } from '../../catalog/types.ts';
import type { BoundTerm } from '../binder.ts';
import type { Column } from '../columns.ts';
import {
  boundOf,
  isComplete,
  fieldAt,
  impliedType,
  isListType,
  apiTime,
  toParamValue,
  placeNew,
  take,
  takesValue,
  type ParamTree,
} from './list-values.ts';

/** The part of a conjunction that one of Stripe's lists supports. */
export interface Pushed {
  readonly route: Route;
  /** Ids of the parents by Stripe's names. */
  readonly parents: Readonly<Record<string, string>>;
  readonly params: Readonly<ParamTree>;
  readonly pushed: readonly BoundTerm[];
}

const BOUNDS = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const;

/** Returns the required parameters of a route that the conjunction does not set. */
export function missingOf(route: Route, terms: readonly BoundTerm[]): string[] {
  const parents = parentsOf(route.path).filter((name) => equalTo(terms, pascal(name)) === undefined);
  const required = Object.entries(route.params)
    .filter(
      ([name, { required: needed }]) =>
        needed && !terms.some((term) => term.operator === '=' && term.column.path[0] === name),
    )
    .map(([name]) => name);
  return [...parents, ...required].map(pascal);
}

/** Pushes as many terms into a route as it supports. Returns undefined if the route cannot be called with them. */
export function pushDown(entity: string, route: Route, terms: readonly BoundTerm[]): Pushed | undefined {
  const parents: Record<string, string> = {};
  const pushed = new Set<BoundTerm>();
  for (const name of parentsOf(route.path)) {
    const term = equalTo(terms, pascal(name));
    if (term === undefined) return undefined;
    parents[name] = term.literals[0] ?? '';
    pushed.add(term);
  }
  const params: ParamTree = {};
  const order = (term: BoundTerm): number => orderOf(entity, route, term);
  for (const term of terms.toSorted((a, b) => order(a) - order(b))) {
    if (!pushed.has(term) && pushTerm(entity, route, term, params)) pushed.add(term);
  }
  // Only Stripe can apply terms on parameters that objects do not have.
  if (terms.some((term) => !term.column.isResponseField && !pushed.has(term))) return undefined;
  if (!isComplete(route.params, params)) return undefined;
  return { route, parents, params, pushed: terms.filter((term) => pushed.has(term)) };
}

/**
 * Terms that only Stripe can apply come first. Parameters that need companions come last, so that they see the others.
 */
function orderOf(entity: string, route: Route, { column }: BoundTerm): number {
  if (!column.isResponseField) return 0;
  return hasCompanions(entity, parameterIn(entity, route, column)[0] ?? '') ? 2 : 1;
}

function equalTo(terms: readonly BoundTerm[], name: string): BoundTerm | undefined {
  return terms.find(({ column, operator }) => operator === '=' && column.name === name);
}

/** Returns whether a list parameter exists for this column, so that terms on it narrow the list. */
export function isPushable(entity: string, route: Route, { column }: Pick<BoundTerm, 'column'>): boolean {
  if (column.path.length === 1 && parentsOf(route.path).includes(column.path[0] ?? '')) return true;
  const field = fieldAt(route.params, parameterIn(entity, route, column));
  if (field === undefined) return boundByName(entity, column.path) !== undefined;
  if (!takesValue(field.type)) return false;
  return !column.isResponseField || (column.kind !== 'json' && filtersColumn(entity, column.path));
}

/**
 * Returns the list parameter of a column: at the same path, under another name, or with the same joined name
 * (`verification_status` for `verification.status`).
 */
function parameterIn(entity: string, { params }: Route, { path, name }: Column, several = false): readonly string[] {
  const own = parameterOf(entity, path, several);
  if (fieldAt(params, own) !== undefined) return own;
  const alike = Object.keys(params).find((key) => pascal(key) === name);
  return alike === undefined ? own : [alike];
}

/** Returns the columns that Stripe's list can filter, by their names in a clause. */
export function listFilters(entity: string, definition: OperationDefinition): ReadonlySet<string> {
  const names = new Set<string>();
  for (const route of routesOf(definition)) {
    for (const name of parentsOf(route.path)) names.add(pascal(name));
    for (const { name, path } of joinedColumns(route.params, '', []))
      if (path[0] !== 'expand' && filtersColumn(entity, path)) names.add(name);
  }
  return names;
}

function joinedColumns(
  fields: Fields,
  outer: string,
  before: readonly string[],
): { readonly name: string; readonly path: readonly string[] }[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const [name, path] = [outer + pascal(key), [...before, key]];
    const inner = typeof field.type === 'object' && 'object' in field.type ? field.type.object : undefined;
    return inner === undefined ? [{ name, path }] : joinedColumns(inner, name, path);
  });
}

function pushTerm(entity: string, route: Route, term: BoundTerm, params: ParamTree): boolean {
  const { column } = term;
  if (column.isResponseField && pushNamedBounds(entity, route, term, params)) return true;
  const path = parameterIn(entity, route, column, term.operator === 'IN');
  const field = fieldAt(route.params, path);
  const extra = companions(entity, path[0] ?? '', params);
  if (field === undefined || extra === undefined || !isPushable(entity, route, term)) return false;
  if (!placeTerm(entity, route, term, path, params, field.type)) return false;
  Object.assign(params, extra);
  return true;
}

function placeTerm(
  entity: string,
  route: Route,
  term: BoundTerm,
  path: readonly string[],
  params: ParamTree,
  fieldType: FieldType,
): boolean {
  const { column, operator, values, literals: written } = term;
  const [value] = values;
  if (value === undefined) return false;
  const bound = boundOf(route, fieldType, value);
  if (bound !== undefined) {
    // Some of Stripe's lists support a range but not a number: equality is a range with equal bounds.
    if (operator === '=') return placeNew(params, path, { gte: bound, lte: bound });
    return operator in BOUNDS && placeNew(params, [...path, BOUNDS[operator as keyof typeof BOUNDS]], bound);
  }
  if (!written.every((text) => take(fieldType, text, column))) return false;
  const all = asksForAll(entity, path);
  if (operator === 'IN') {
    const fits = isListType(fieldType) && !all && written.length <= maxValues(entity, path);
    return fits && placeNew(params, path, [...written]);
  }
  if (operator !== '=') return false;
  const before = params[path[0] ?? ''];
  const sent = toParamValue(route, fieldType, term, value);
  if (all && Array.isArray(before) && Array.isArray(sent)) return before.push(...(sent as unknown[])) > 0;
  return placeNew(params, path, sent) && impliedType(route, path, params);
}

/** Sets a range whose bounds are separate parameters: `created_after`. */
function pushNamedBounds(
  entity: string,
  route: Route,
  { column, operator, values }: BoundTerm,
  params: ParamTree,
): boolean {
  const nameOf = boundByName(entity, column.path);
  const [value] = values;
  if (nameOf === undefined || typeof value !== 'number') return false;
  const operators =
    operator === '=' ? (['>=', '<='] as const) : operator in BOUNDS ? [operator as keyof typeof BOUNDS] : [];
  const bounds = operators.map((operator) => {
    const { name, add } = nameOf(operator);
    return [name, apiTime(route, value + add)] as const;
  });
  if (bounds.length === 0 || bounds.some(([name]) => params[name] !== undefined)) return false;
  Object.assign(params, Object.fromEntries(bounds));
  return true;
}
