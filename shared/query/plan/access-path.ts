import { isOnePage, LIST_DEFAULTS } from '../../catalog/list-parameters.ts';
import { pascal } from '../../catalog/names.ts';
import { hasId, parentsOf, routesOf } from '../../catalog/routes.ts';
import type { Entity, OperationDefinition, Route } from '../../catalog/types.ts';
import type { BoundTerm } from '../binder.ts';
import { pushDown } from './pushdown.ts';
import { searchQuery } from './search-query.ts';

/** The source of rows: one of Stripe's lists, its Search API, or single objects by their ids. */
export type AccessSource =
  | {
      readonly by: 'list';
      readonly route: Route;
      readonly params: Readonly<Record<string, unknown>>;
      /** True if Stripe returns the complete list, or supports no cursor with these parameters. */
      readonly onePage: boolean;
    }
  | { readonly by: 'search'; readonly path: string; readonly query: string }
  | { readonly by: 'ids'; readonly ids: readonly string[] };

/** One way to read a part of the rows. */
export interface AccessPath {
  readonly source: AccessSource;
  /** Ids of the parents by Stripe's names. */
  readonly parents: Readonly<Record<string, string>>;
  /** Terms that every row of this path matches. A later path skips a row that matches all of them. */
  readonly where: readonly BoundTerm[];
  /** The terms that Stripe applies. */
  readonly pushed: readonly BoundTerm[];
}

export interface PlanOptions {
  /** True if the caller accepts the Search API, whose index lags behind. */
  readonly eventual: boolean;
}

/** Returns how selective an access path is: the number of terms that Stripe applies. Ids are the most selective. */
export function selectivity({ source, pushed }: AccessPath): number {
  return source.by === 'ids' ? Infinity : pushed.length;
}

/** Returns the most selective access path of a conjunction. Undefined if Stripe does not support the query. */
export function bestPath(
  entity: Entity,
  definition: OperationDefinition,
  where: readonly BoundTerm[],
  { eventual }: PlanOptions,
): AccessPath | undefined {
  const byIds = idPath(entity, where);
  if (byIds !== undefined) return byIds;
  let best: AccessPath | undefined;
  for (const route of routesOf(definition)) {
    const pushed = pushDown(entity.entity, route, where);
    if (pushed === undefined || (best !== undefined && pushed.pushed.length <= best.pushed.length)) continue;
    const params = { ...defaultParams(entity.entity, route), ...pushed.params, ...route.fixed };
    const onePage = route.paged === false || isOnePage(entity.entity, params);
    best = { source: { by: 'list', route, params, onePage }, parents: pushed.parents, where, pushed: pushed.pushed };
  }
  if (!eventual || definition.search === undefined || where.some(({ column }) => !column.isResponseField)) return best;
  const search = searchQuery(entity.entity, where);
  if (search === undefined || search.pushed.length <= (best?.pushed.length ?? 0)) return best;
  const { query, pushed } = search;
  return { source: { by: 'search', path: definition.search, query }, parents: {}, where, pushed };
}

/** Returns the default parameters of an entity's lists that a route accepts. */
function defaultParams(entity: string, route: Route): Readonly<Record<string, unknown>> {
  const all = Object.entries(LIST_DEFAULTS[entity] ?? {});
  return Object.fromEntries(all.filter(([name]) => Object.hasOwn(route.params, name)));
}

/**
 * Returns an access path that reads objects by their ids, for a conjunction with `Id = 'x'` or `Id IN (...)`. Undefined
 * if the conjunction has no such term, if the entity has no Get, if a parent in the path of Get is missing, or if
 * another term is one that only a list request can filter by.
 */
function idPath(entity: Entity, where: readonly BoundTerm[]): AccessPath | undefined {
  const get = entity.operations.Get;
  const idTerms = where.filter(
    ({ column, operator }) => column.path.join('.') === 'id' && (operator === '=' || operator === 'IN'),
  );
  const [first, ...otherIdTerms] = idTerms;
  if (get === undefined || first === undefined) return undefined;
  const listOnlyTerms = where.filter(({ column }) => !column.isResponseField);
  for (const { path } of [...(get.also ?? []), get]) {
    const names = parentsOf(path);
    const parentTerms = names.map((name) =>
      where.find(({ column, operator }) => operator === '=' && column.name === pascal(name)),
    );
    if (!hasId({ path }) || parentTerms.includes(undefined)) continue;
    if (listOnlyTerms.some((term) => !parentTerms.includes(term))) continue;
    const otherIds = otherIdTerms.map(({ literals }) => new Set(literals));
    const ids = [...new Set(first.literals)].filter((id) => otherIds.every((allowedIds) => allowedIds.has(id)));
    const parents = Object.fromEntries(names.map((name, index) => [name, parentTerms[index]?.literals[0] ?? '']));
    const pushed = [...idTerms, ...parentTerms.filter((term) => term !== undefined)];
    return { source: { by: 'ids', ids }, parents, where, pushed };
  }
  return undefined;
}

/** Merges the access paths that read objects by their ids and have the same parents. */
export function mergeIdLookups(paths: readonly AccessPath[]): AccessPath[] {
  const merged: AccessPath[] = [];
  for (const path of paths) {
    const { source } = path;
    const index = merged.findIndex(
      (accessPath) =>
        source.by === 'ids' &&
        accessPath.source.by === 'ids' &&
        JSON.stringify(accessPath.parents) === JSON.stringify(path.parents),
    );
    const earlier = merged[index];
    if (source.by !== 'ids' || earlier?.source.by !== 'ids') {
      merged.push(path);
      continue;
    }
    const ids = [...new Set([...earlier.source.ids, ...source.ids])];
    // A row may come from either path, so only the terms that both paths have are certain to match every row.
    const where = earlier.where.filter((term) => path.where.includes(term));
    merged[index] = { ...earlier, source: { by: 'ids', ids }, where };
  }
  return merged;
}
