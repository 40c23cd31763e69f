import { isOnePage, LIST_DEFAULTS } from '../catalog/list-parameters.ts';
import { pascal } from '../catalog/names.ts';
import { hasId } from '../catalog/routes.ts';
import type { Entity, OperationDefinition, Route } from '../catalog/types.ts';
import { formatTerm, formatClause, type BoundExpr, type BoundTerm } from './binder.ts';
import { remarksOf } from './remarks.ts';
import { checkDeleted, checkTestClocks, checkListOnlyFilters, unsupportedQuery } from './plan-checks.ts';
import { isPushable, pushDown } from './pushdown.ts';
import { searchQuery } from './search-query.ts';

/** The source of rows: one of Stripe's lists, its Search API, or single objects by their ids. */
export type AccessSource =
  | {
      readonly by: 'list';
      readonly route: Route;
      readonly params: Readonly<Record<string, unknown>>;
      /** Stripe returns the whole list, or supports no cursor with these parameters. */
      readonly onePage: boolean;
    }
  | { readonly by: 'search'; readonly path: string; readonly query: string }
  | { readonly by: 'ids'; readonly ids: readonly string[] };

/** One way to read a part of the rows. */
export interface AccessPath {
  readonly source: AccessSource;
  /** Ids of the parents by Stripe's names. */
  readonly parents: Readonly<Record<string, string>>;
  /** Terms that every row of this path matches. Later paths skip rows that match them. */
  readonly where: readonly BoundTerm[];
  /** The terms that Stripe applies. */
  readonly pushed: readonly BoundTerm[];
}

/** How to read the rows of a clause: one access path after another, each row matched against the whole clause. */
export interface QueryPlan {
  readonly branches: readonly AccessPath[];
  /** Undefined if there is nothing to match. */
  readonly where: BoundExpr | undefined;
  /** Terms that the connector evaluates because Stripe does not support them, formatted. */
  readonly clientFilters: readonly string[];
  /** Why Stripe's rows may differ from the clause. */
  readonly remarks: readonly string[];
}

export interface PlanOptions {
  /** The caller accepts the Search API, whose index lags behind. */
  readonly eventual: boolean;
}

/** More access paths would cost more than reading everything. */
const MAX_ACCESS_PATHS = 20;

/**
 * Splits a clause into what Stripe evaluates and the rest. OR and IN become several access paths if each of them is
 * more selective than the terms that hold for all. Otherwise one path reads the rows and the connector evaluates the
 * clause.
 */
export function planQuery(
  entity: Entity,
  definition: OperationDefinition,
  clause: BoundExpr | undefined,
  options: PlanOptions,
): QueryPlan {
  const terms = clause === undefined ? [] : conjuncts(clause);
  checkDeleted(clause);
  checkListOnlyFilters(entity.entity, clause, terms, definition);
  const common = terms.filter((term) => term.kind === 'term');
  const single = branchOf(entity, definition, common, options);
  const union =
    clause === undefined || single?.source.by === 'ids' ? undefined : unionPaths(entity, definition, clause, options);
  const better = union?.every((branch) => single === undefined || selectivity(branch) > selectivity(single)) === true;
  const branches = better ? union : single === undefined ? undefined : [single];
  if (branches === undefined) throw unsupportedQuery(entity, definition, common);
  checkTestClocks(clause, branches);
  return {
    branches: mergeIdLookups(branches),
    where: clause,
    clientFilters: residualFilters(clause, terms, branches),
    remarks: remarksOf(entity.entity, branches),
  };
}

function conjuncts(clause: BoundExpr): BoundExpr[] {
  return clause.kind === 'and' ? clause.operands.flatMap(conjuncts) : [clause];
}

/** Returns the selectivity of an access path. An id is the most selective. */
function selectivity({ source, pushed }: AccessPath): number {
  return source.by === 'ids' ? Infinity : pushed.length;
}

/** Returns the most selective access path of a conjunction. Undefined if Stripe does not support the query. */
function branchOf(
  entity: Entity,
  definition: OperationDefinition,
  where: readonly BoundTerm[],
  { eventual }: PlanOptions,
): AccessPath | undefined {
  const byIds = idBranch(entity, where);
  if (byIds !== undefined) return byIds;
  let best: AccessPath | undefined;
  for (const route of [definition, ...(definition.also ?? [])]) {
    const pushed = pushDown(entity.entity, route, where);
    if (pushed === undefined || (best !== undefined && pushed.pushed.length <= best.pushed.length)) continue;
    const params = { ...defaults(entity.entity, route), ...pushed.params, ...route.fixed };
    const onePage = route.paged === false || isOnePage(entity.entity, params);
    best = { source: { by: 'list', route, params, onePage }, parents: pushed.parents, where, pushed: pushed.pushed };
  }
  if (!eventual || definition.search === undefined || where.some(({ column }) => !column.isResponseField)) return best;
  const search = searchQuery(entity.entity, where);
  if (search === undefined || search.pushed.length <= (best?.pushed.length ?? 0)) return best;
  const { query, pushed } = search;
  return { source: { by: 'search', path: definition.search, query }, parents: {}, where, pushed };
}

function defaults(entity: string, route: Route): Readonly<Record<string, unknown>> {
  const all = Object.entries(LIST_DEFAULTS[entity] ?? {});
  return Object.fromEntries(all.filter(([name]) => Object.hasOwn(route.params, name)));
}

/** `Id = 'x'` and `Id IN (...)`: reads the objects directly. */
function idBranch(entity: Entity, where: readonly BoundTerm[]): AccessPath | undefined {
  const get = entity.operations.Get;
  const sets = where.filter(
    ({ column, operator }) => column.path.join('.') === 'id' && (operator === '=' || operator === 'IN'),
  );
  const [first, ...more] = sets;
  if (get === undefined || first === undefined) return undefined;
  const others = where.filter(({ column }) => !column.isResponseField);
  for (const { path } of [...(get.also ?? []), get]) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'id');
    const input = names.map((name) =>
      where.find(({ column, operator }) => operator === '=' && column.name === pascal(name)),
    );
    if (!hasId({ path }) || input.includes(undefined)) continue;
    if (others.some((term) => !input.includes(term))) continue;
    const valueSets = more.map(({ literals: set }) => new Set(set));
    const ids = [...new Set(first.literals)].filter((id) => valueSets.every((set) => set.has(id)));
    const parents = Object.fromEntries(names.map((name, index) => [name, input[index]?.literals[0] ?? '']));
    const pushed = [...sets, ...input.filter((term) => term !== undefined)];
    return { source: { by: 'ids', ids }, parents, where, pushed };
  }
  return undefined;
}

function unionPaths(
  entity: Entity,
  definition: OperationDefinition,
  clause: BoundExpr,
  options: PlanOptions,
): AccessPath[] | undefined {
  const routes = [definition, ...(definition.also ?? [])];
  const opened = (term: BoundTerm): boolean =>
    routes.some((route) => isPushable(entity.entity, route, term)) || !term.column.isResponseField;
  const terms = toDnf(clause, opened);
  if (terms === undefined || terms.length < 2) return undefined;
  const branches = terms.map((where) => branchOf(entity, definition, where, options));
  return branches.includes(undefined) ? undefined : (branches as AccessPath[]);
}

/** Converts the clause to an OR of conjunctions (DNF). Undefined if there would be too many. */
function toDnf(clause: BoundExpr, opened: (term: BoundTerm) => boolean): BoundTerm[][] | undefined {
  if (clause.kind === 'term') {
    if (clause.operator !== 'IN' || !opened(clause)) return [[clause]];
    if (clause.values.length > MAX_ACCESS_PATHS) return undefined;
    return clause.values.map((value, index) => [
      { ...clause, operator: '=', values: [value], literals: [clause.literals[index] ?? ''] },
    ]);
  }
  const parts = clause.operands.map((operand) => toDnf(operand, opened));
  if (parts.includes(undefined)) return undefined;
  const groups = parts as BoundTerm[][][];
  if (clause.kind === 'or') {
    const all = groups.flat();
    return all.length > MAX_ACCESS_PATHS ? undefined : all;
  }
  let all: BoundTerm[][] = [[]];
  for (const part of groups) {
    if (all.length * part.length > MAX_ACCESS_PATHS) return undefined;
    const [only, ...others] = part;
    // Most parts have one alternative, which is appended in place: copying would be quadratic in the number of terms.
    if (others.length === 0) for (const before of all) before.push(...(only ?? []));
    else all = all.flatMap((before) => part.map((more) => [...before, ...more]));
  }
  return all;
}

/** Merges access paths by ids with the same parents. */
function mergeIdLookups(branches: readonly AccessPath[]): AccessPath[] {
  const joined: AccessPath[] = [];
  for (const branch of branches) {
    const { source } = branch;
    const at = joined.findIndex(
      (accessPath) =>
        source.by === 'ids' &&
        accessPath.source.by === 'ids' &&
        JSON.stringify(accessPath.parents) === JSON.stringify(branch.parents),
    );
    const joinedTerm = joined[at];
    if (source.by !== 'ids' || joinedTerm?.source.by !== 'ids') {
      joined.push(branch);
      continue;
    }
    const ids = [...new Set([...joinedTerm.source.ids, ...source.ids])];
    // A row of either path: the terms that both require.
    const where = joinedTerm.where.filter((term) => branch.where.includes(term));
    joined[at] = { ...joinedTerm, source: { by: 'ids', ids }, where };
  }
  return joined;
}

function residualFilters(
  clause: BoundExpr | undefined,
  terms: readonly BoundExpr[],
  branches: readonly AccessPath[],
): string[] {
  if (clause === undefined) return [];
  if (branches.length > 1 || branches[0]?.source.by === 'ids') {
    const left = branches.flatMap(({ where, pushed }) => where.filter((term) => !pushed.includes(term)));
    return [...new Set(left.map(formatTerm))];
  }
  return terms.filter((term) => term.kind !== 'term' || branches[0]?.pushed.includes(term) !== true).map(formatClause);
}
