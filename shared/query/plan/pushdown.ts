import { selectsAllOf, boundParameterOf, companions, hasCompanions, maxValues } from '../../catalog/list-parameters.ts';
import { pascal } from '../../catalog/names.ts';
import { parentsOf } from '../../catalog/routes.ts';
import type { Route, FieldType } from '../../catalog/types.ts';
import type { BoundTerm } from '../binder.ts';
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
  type ParamTree,
} from './list-values.ts';
import { isPushable, parameterIn } from './pushable.ts';

/** The part of a conjunction that one of Stripe's lists supports. */
export interface Pushed {
  readonly route: Route;
  /** Ids of the parents by Stripe's names. */
  readonly parents: Readonly<Record<string, string>>;
  readonly params: Readonly<ParamTree>;
  readonly pushed: readonly BoundTerm[];
}

const BOUNDS = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const;

/** Returns the column names of the parents and required parameters of a route that no term sets by `=`. */
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

/** Returns the term that compares a column with a value by `=`, if there is one. */
function equalityOn(terms: readonly BoundTerm[], name: string): BoundTerm | undefined {
  return terms.find(({ column, operator }) => operator === '=' && column.name === name);
}

/** Adds a term to `params`, the parameters of a list. Returns whether the list supports the term. */
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
  // For some parameters, Stripe returns only objects that have every value of the parameter. Several terms with `=`
  // then become the values of one parameter.
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

/** Sets a range whose bounds are separate parameters, such as `created_after`. Returns whether the range was set. */
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
