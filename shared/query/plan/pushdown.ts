import {
  selectsAllOf,
  boundParameterOf,
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
import type { Operator } from '../syntax/ast.ts';
import {
  toRangeBound,
  isComplete,
  fieldAt,
  setImpliedType,
  isListType,
  apiTime,
  toParamValue,
  setIfAbsent,
  acceptsValue,
  isFilter,
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
export function missingParameters(route: Route, terms: readonly BoundTerm[]): string[] {
  const parents = parentsOf(route.path).filter((name) => equalityOn(terms, pascal(name)) === undefined);
  const required = Object.entries(route.params)
    .filter(
      ([name, { required }]) =>
        required && !terms.some((term) => term.operator === '=' && term.column.path[0] === name),
    )
    .map(([name]) => name);
  return [...parents, ...required].map(pascal);
}

/** Pushes as many terms into a route as it supports. Returns undefined if the route cannot be called with them. */
export function pushDown(entity: string, route: Route, terms: readonly BoundTerm[]): Pushed | undefined {
  const parents: Record<string, string> = {};
  const pushed = new Set<BoundTerm>();
  for (const name of parentsOf(route.path)) {
    const term = equalityOn(terms, pascal(name));
    if (term === undefined) return undefined;
    parents[name] = term.literals[0] ?? '';
    pushed.add(term);
  }
  const params: ParamTree = {};
  const rank = (term: BoundTerm): number => pushRank(entity, route, term);
  for (const term of terms.toSorted((a, b) => rank(a) - rank(b))) {
    if (!pushed.has(term) && pushTerm(entity, route, term, params)) pushed.add(term);
  }
  // Only Stripe can apply terms on parameters that objects do not have.
  if (terms.some((term) => !term.column.isResponseField && !pushed.has(term))) return undefined;
  if (!isComplete(route.params, params)) return undefined;
  return { route, parents, params, pushed: terms.filter((term) => pushed.has(term)) };
}

/**
 * Returns the order in which a term is pushed, from 0. Terms that only Stripe can apply are first. Terms whose parameters
 * require other parameters (companions) are last, because they depend on the parameters that are already set.
 */
function pushRank(entity: string, route: Route, { column }: BoundTerm): number {
  if (!column.isResponseField) return 0;
  return hasCompanions(entity, parameterIn(entity, route, column)[0] ?? '') ? 2 : 1;
}

function equalityOn(terms: readonly BoundTerm[], name: string): BoundTerm | undefined {
  return terms.find(({ column, operator }) => operator === '=' && column.name === name);
}

/** Returns whether a list parameter exists for this column, so that terms on it narrow the list. */
export function isPushable(entity: string, route: Route, { column }: Pick<BoundTerm, 'column'>): boolean {
  if (column.path.length === 1 && parentsOf(route.path).includes(column.path[0] ?? '')) return true;
  const field = fieldAt(route.params, parameterIn(entity, route, column));
  if (field === undefined) return boundParameterOf(entity, column.path) !== undefined;
  if (!isFilter(field.type)) return false;
  return !column.isResponseField || (column.kind !== 'json' && filtersColumn(entity, column.path));
}

/**
 * Returns the list parameter of a column: at the same path, under another name, or with the same joined name
 * (`verification_status` for `verification.status`). `several` is true to find the parameter for several values.
 */
function parameterIn(entity: string, { params }: Route, { path, name }: Column, several = false): readonly string[] {
  const paramPath = parameterOf(entity, path, several);
  if (fieldAt(params, paramPath) !== undefined) return paramPath;
  const sameName = Object.keys(params).find((key) => pascal(key) === name);
  return sameName === undefined ? paramPath : [sameName];
}

/** Returns the names of the columns that Stripe's list can filter. */
export function listFilters(entity: string, definition: OperationDefinition): ReadonlySet<string> {
  const names = new Set<string>();
  for (const route of routesOf(definition)) {
    for (const name of parentsOf(route.path)) names.add(pascal(name));
    for (const { name, path } of joinedColumns(route.params, '', []))
      if (path[0] !== 'expand' && filtersColumn(entity, path)) names.add(name);
  }
  return names;
}

/** Returns the column name and the path of every parameter that is not an object. Names of nested objects are joined. */
function joinedColumns(
  fields: Fields,
  namePrefix: string,
  pathPrefix: readonly string[],
): { readonly name: string; readonly path: readonly string[] }[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const [name, path] = [namePrefix + pascal(key), [...pathPrefix, key]];
    const members = typeof field.type === 'object' && 'object' in field.type ? field.type.object : undefined;
    return members === undefined ? [{ name, path }] : joinedColumns(members, name, path);
  });
}

/** Adds a term to the parameters of a list. Returns whether the list supports it. */
function pushTerm(entity: string, route: Route, term: BoundTerm, params: ParamTree): boolean {
  const { column } = term;
  if (column.isResponseField && pushNamedBounds(entity, route, term, params)) return true;
  const path = parameterIn(entity, route, column, term.operator === 'IN');
  const field = fieldAt(route.params, path);
  const companionParams = companions(entity, path[0] ?? '', params);
  if (field === undefined || companionParams === undefined || !isPushable(entity, route, term)) return false;
  if (!setTermParam(entity, route, term, path, params, field.type)) return false;
  Object.assign(params, companionParams);
  return true;
}

/** Sets the parameter of a term. Returns false if the parameter does not support the term or already has a value. */
function setTermParam(
  entity: string,
  route: Route,
  term: BoundTerm,
  path: readonly string[],
  params: ParamTree,
  fieldType: FieldType,
): boolean {
  const { column, operator, values, literals } = term;
  const [value] = values;
  if (value === undefined) return false;
  const bound = toRangeBound(route, fieldType, value);
  if (bound !== undefined) {
    // Some of Stripe's lists support a range but not a number: equality is a range with equal bounds.
    if (operator === '=') return setIfAbsent(params, path, { gte: bound, lte: bound });
    return operator in BOUNDS && setIfAbsent(params, [...path, BOUNDS[operator as keyof typeof BOUNDS]], bound);
  }
  if (!literals.every((text) => acceptsValue(fieldType, text, column))) return false;
  // Of some parameters, Stripe returns only objects that have every value. Several terms with `=` then set one list.
  const requiresAll = selectsAllOf(entity, path);
  if (operator === 'IN') {
    const fits = isListType(fieldType) && !requiresAll && literals.length <= maxValues(entity, path);
    return fits && setIfAbsent(params, path, [...literals]);
  }
  if (operator !== '=') return false;
  const existing = params[path[0] ?? ''];
  const paramValue = toParamValue(route, fieldType, term, value);
  if (requiresAll && Array.isArray(existing) && Array.isArray(paramValue)) {
    existing.push(...(paramValue as unknown[]));
    return true;
  }
  if (!setIfAbsent(params, path, paramValue)) return false;
  setImpliedType(route, path, params);
  return true;
}

/** Returns the bounds that an operator sets. Equality sets both. */
function boundOperators(operator: Operator): readonly (keyof typeof BOUNDS)[] {
  if (operator === '=') return ['>=', '<='];
  return operator in BOUNDS ? [operator as keyof typeof BOUNDS] : [];
}

/** Sets a range whose bounds are separate parameters, such as `created_after`. Returns whether it did. */
function pushNamedBounds(
  entity: string,
  route: Route,
  { column, operator, values }: BoundTerm,
  params: ParamTree,
): boolean {
  const parameterOfBound = boundParameterOf(entity, column.path);
  const [value] = values;
  if (parameterOfBound === undefined || typeof value !== 'number') return false;
  const bounds = boundOperators(operator).map((bound) => {
    const { name, add } = parameterOfBound(bound);
    return [name, apiTime(route, value + add)] as const;
  });
  if (bounds.length === 0 || bounds.some(([name]) => params[name] !== undefined)) return false;
  Object.assign(params, Object.fromEntries(bounds));
  return true;
}
