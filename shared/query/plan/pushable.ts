/** Which of Stripe's list parameters filter a column. */
import { boundParameterOf, filtersColumn, parameterOf } from '../../catalog/list-parameters.ts';
import { pascal } from '../../catalog/names.ts';
import { parentsOf, routesOf } from '../../catalog/routes.ts';
import type { Fields, OperationDefinition, Route } from '../../catalog/types.ts';
import type { BoundTerm } from '../binder.ts';
import type { Column } from '../columns.ts';
import { fieldAt, isFilter } from './list-values.ts';

/**
 * Returns whether a term can narrow the list of a route: its column is a parent in the path, or a list parameter
 * filters it.
 */
export function isPushable(entity: string, route: Route, { column }: Pick<BoundTerm, 'column'>): boolean {
  if (column.path.length === 1 && parentsOf(route.path).includes(column.path[0] ?? '')) return true;
  const field = fieldAt(route.params, parameterIn(entity, route, column));
  if (field === undefined) return boundParameterOf(entity, column.path) !== undefined;
  if (!isFilter(field.type)) return false;
  return !column.isResponseField || (column.kind !== 'json' && filtersColumn(entity, column.path));
}

/**
 * Returns the path of the list parameter of a column: at the same path, under another name, or with the same joined
 * name (`verification_status` for `verification.status`). `several` selects the parameter for several values, if it is
 * another one. The route may have no parameter at the path.
 */
export function parameterIn(
  entity: string,
  { params }: Route,
  { path, name }: Column,
  several = false,
): readonly string[] {
  const paramPath = parameterOf(entity, path, several);
  if (fieldAt(params, paramPath) !== undefined) return paramPath;
  const sameName = Object.keys(params).find((key) => pascal(key) === name);
  return sameName === undefined ? paramPath : [sameName];
}

/** Returns the names of the columns that Stripe's list can filter by. */
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
