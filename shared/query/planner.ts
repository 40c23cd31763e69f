import { isOnePage, LIST_DEFAULTS } from '../catalog/list-parameters.ts';
import { pascal } from '../catalog/names.ts';
import type { Entity, OperationDefinition, Route } from '../catalog/types.ts';
import { written, formatClause, type BoundExpr, type BoundTerm } from './binder.ts';
import { remarksOf } from './remarks.ts';
import { checkDeleted, checkTestClocks, checkUnstored, unreachable } from './plan-checks.ts';
import { isPushable, pushDown } from './pushdown.ts';
import { searchQuery } from './search-query.ts';

/** Where rows come from: one of Stripe's lists, its Search API, or single objects by their ids. */
export type AccessSource =
  | {
      readonly by: 'list';
      readonly route: Route;
      readonly params: Readonly<Record<string, unknown>>;
      /** Stripe answers it whole, or takes no cursor beside these parameters. */
      readonly onePage: boolean;
    }
  | { readonly by: 'search'; readonly path: string; readonly query: string }
  | { readonly by: 'ids'; readonly ids: readonly string[] };

/** One way to a part of the rows. */
export interface AccessPath {
  readonly source: AccessSource;
  /** Stripe's names of the parents, each with its id. */
  readonly parents: Readonly<Record<string, string>>;
  /** What every row of this branch must meet; a later branch leaves rows that meet it to this one. */
  readonly where: readonly BoundTerm[];
  /** Of these, what Stripe applies. */
  readonly pushed: readonly BoundTerm[];
}

/** How the rows of a clause are read: branch after branch, each row compared with the whole clause. */
export interface QueryPlan {
  readonly branches: readonly AccessPath[];
  /** Undefined where there is nothing to compare. */
  readonly where: BoundExpr | undefined;
  /** What is evaluated here because Stripe does not take it, as it would be written. */
  readonly clientFilters: readonly string[];
  /** Why Stripe's rows may be others than the clause says. */
  readonly remarks: readonly string[];
}

export interface PlanOptions {
  /** The caller accepts the Search API, which lags behind. */
  readonly eventual: boolean;
}

/** More ways than this would cost more than reading everything. */
const MAX_ACCESS_PATHS = 20;

/**
 * Splits a clause into what Stripe takes and what is left. OR and IN become branches where each of them narrows the
 * reading more than the terms do that hold for all; else one branch reads, and the clause is evaluated here.
 */
export function planQuery(
  entity: Entity,
  definition: OperationDefinition,
  clause: BoundExpr | undefined,
  options: PlanOptions,
): QueryPlan {
  const terms = clause === undefined ? [] : conjuncts(clause);
  checkDeleted(clause);
  checkUnstored(entity.entity, clause, terms, definition);
  const common = terms.filter((term) => term.kind === 'term');
  const whole = branchOf(entity, definition, common, options);
  const several =
    clause === undefined || whole?.source.by === 'ids' ? undefined : severalOf(entity, definition, clause, options);
  const better = several?.every((branch) => whole === undefined || narrows(branch) > narrows(whole)) === true;
  const branches = better ? several : whole === undefined ? undefined : [whole];
  if (branches === undefined) throw unreachable(entity, definition, common);
  checkTestClocks(clause, branches);
  return {
    branches: joinedIds(branches),
    where: clause,
    clientFilters: leftOver(clause, terms, branches),
    remarks: remarksOf(entity.entity, branches),
  };
}

function conjuncts(clause: BoundExpr): BoundExpr[] {
  return clause.kind === 'and' ? clause.operands.flatMap(conjuncts) : [clause];
}

/** How much a branch narrows: an id beats everything. */
function narrows({ source, pushed }: AccessPath): number {
  return source.by === 'ids' ? Infinity : pushed.length;
}

/** The branch of a conjunction, by the way that narrows most; undefined where Stripe cannot be asked so. */
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

/** `Id = 'x'` and `Id IN (...)`: the objects themselves. */
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
    if (!path.includes('{id}') || input.includes(undefined)) continue;
    if (others.some((term) => !input.includes(term))) continue;
    const valueSets = more.map(({ literals: set }) => new Set(set));
    const ids = [...new Set(first.literals)].filter((id) => valueSets.every((set) => set.has(id)));
    const parents = Object.fromEntries(names.map((name, index) => [name, input[index]?.literals[0] ?? '']));
    const pushed = [...sets, ...input.filter((term) => term !== undefined)];
    return { source: { by: 'ids', ids }, parents, where, pushed };
  }
  return undefined;
}

function severalOf(
  entity: Entity,
  definition: OperationDefinition,
  clause: BoundExpr,
  options: PlanOptions,
): AccessPath[] | undefined {
  const routes = [definition, ...(definition.also ?? [])];
  const opened = (term: BoundTerm): boolean =>
    routes.some((route) => isPushable(entity.entity, route, term)) || !term.column.isResponseField;
  const ways = alternatives(clause, opened);
  if (ways === undefined || ways.length < 2) return undefined;
  const branches = ways.map((where) => branchOf(entity, definition, where, options));
  return branches.includes(undefined) ? undefined : (branches as AccessPath[]);
}

/** The clause as an OR of conjunctions; undefined where there would be too many. */
function alternatives(clause: BoundExpr, opened: (term: BoundTerm) => boolean): BoundTerm[][] | undefined {
  if (clause.kind === 'term') {
    if (clause.operator !== 'IN' || !opened(clause)) return [[clause]];
    if (clause.values.length > MAX_ACCESS_PATHS) return undefined;
    return clause.values.map((value, index) => [
      { ...clause, operator: '=', values: [value], literals: [clause.literals[index] ?? ''] },
    ]);
  }
  const parts = clause.operands.map((operand) => alternatives(operand, opened));
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
    // Most parts are one way: it is added in place, or a clause of thousands of terms would be copied for each of them.
    if (others.length === 0) for (const before of all) before.push(...(only ?? []));
    else all = all.flatMap((before) => part.map((more) => [...before, ...more]));
  }
  return all;
}

/** Branches of single objects under the same parents are one. */
function joinedIds(branches: readonly AccessPath[]): AccessPath[] {
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
    // A row of either way: what both demand.
    const where = joinedTerm.where.filter((term) => branch.where.includes(term));
    joined[at] = { ...joinedTerm, source: { by: 'ids', ids }, where };
  }
  return joined;
}

function leftOver(
  clause: BoundExpr | undefined,
  terms: readonly BoundExpr[],
  branches: readonly AccessPath[],
): string[] {
  if (clause === undefined) return [];
  if (branches.length > 1 || branches[0]?.source.by === 'ids') {
    const left = branches.flatMap(({ where, pushed }) => where.filter((term) => !pushed.includes(term)));
    return [...new Set(left.map(written))];
  }
  return terms.filter((term) => term.kind !== 'term' || branches[0]?.pushed.includes(term) !== true).map(formatClause);
}
