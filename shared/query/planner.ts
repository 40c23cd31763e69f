import { isOnePage, LIST_DEFAULTS } from '../catalog/list-parameters.ts';
import { pascal } from '../catalog/names.ts';
import type { Entity, OperationRow, Route } from '../catalog/types.ts';
import { written, writtenClause, type Bound, type BoundTerm } from './binder.ts';
import { remarksOf } from './remarks.ts';
import { checkDeleted, checkTestClocks, checkUnstored, unreachable } from './plan-checks.ts';
import { isPushable, pushDown } from './pushdown.ts';
import { searchQuery } from './search-query.ts';

/** Where rows come from: one of Stripe's lists, its Search API, or single objects by their ids. */
export type Source =
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
export interface Branch {
  readonly source: Source;
  /** Stripe's names of the parents, each with its id. */
  readonly parents: Readonly<Record<string, string>>;
  /** What every row of this branch must meet; a later branch leaves rows that meet it to this one. */
  readonly where: readonly BoundTerm[];
  /** Of these, what Stripe applies. */
  readonly pushed: readonly BoundTerm[];
}

/** How the rows of a clause are read: branch after branch, each row compared with the whole clause. */
export interface ReadPlan {
  readonly branches: readonly Branch[];
  /** Undefined where there is nothing to compare. */
  readonly where: Bound | undefined;
  /** What is evaluated here because Stripe does not take it, as it would be written. */
  readonly evaluatedHere: readonly string[];
  /** Why Stripe's rows may be others than the clause says. */
  readonly remarks: readonly string[];
}

export interface ReadOptions {
  /** The caller accepts the Search API, which lags behind. */
  readonly eventual: boolean;
}

/** More ways than this would cost more than reading everything. */
const MOST_BRANCHES = 20;

/**
 * Splits a clause into what Stripe takes and what is left. OR and IN become branches where each of them narrows the
 * reading more than the terms do that hold for all; else one branch reads, and the clause is evaluated here.
 */
export function planRead(entity: Entity, row: OperationRow, clause: Bound | undefined, options: ReadOptions): ReadPlan {
  const terms = clause === undefined ? [] : conjuncts(clause);
  checkDeleted(clause);
  checkUnstored(entity.entity, clause, terms, row);
  const common = terms.filter((one) => one.kind === 'term');
  const whole = branchOf(entity, row, common, options);
  const several =
    clause === undefined || whole?.source.by === 'ids' ? undefined : severalOf(entity, row, clause, options);
  const better = several?.every((branch) => whole === undefined || narrows(branch) > narrows(whole)) === true;
  const branches = better ? several : whole === undefined ? undefined : [whole];
  if (branches === undefined) throw unreachable(entity, row, common);
  checkTestClocks(clause, branches);
  return {
    branches: joinedIds(branches),
    where: clause,
    evaluatedHere: leftOver(clause, terms, branches),
    remarks: remarksOf(entity.entity, branches),
  };
}

function conjuncts(clause: Bound): Bound[] {
  return clause.kind === 'and' ? clause.of.flatMap(conjuncts) : [clause];
}

/** How much a branch narrows: an id beats everything. */
function narrows({ source, pushed }: Branch): number {
  return source.by === 'ids' ? Infinity : pushed.length;
}

/** The branch of a conjunction, by the way that narrows most; undefined where Stripe cannot be asked so. */
function branchOf(
  entity: Entity,
  row: OperationRow,
  where: readonly BoundTerm[],
  { eventual }: ReadOptions,
): Branch | undefined {
  const byIds = idBranch(entity, where);
  if (byIds !== undefined) return byIds;
  let best: Branch | undefined;
  for (const route of [row, ...(row.also ?? [])]) {
    const found = pushDown(entity.entity, route, where);
    if (found === undefined || (best !== undefined && found.pushed.length <= best.pushed.length)) continue;
    const params = { ...defaults(entity.entity, route), ...found.params, ...route.fixed };
    const onePage = route.paged === false || isOnePage(entity.entity, params);
    best = { source: { by: 'list', route, params, onePage }, parents: found.parents, where, pushed: found.pushed };
  }
  if (!eventual || row.search === undefined || where.some(({ column }) => !column.stored)) return best;
  const search = searchQuery(entity.entity, where);
  if (search === undefined || search.pushed.length <= (best?.pushed.length ?? 0)) return best;
  const { query, pushed } = search;
  return { source: { by: 'search', path: row.search, query }, parents: {}, where, pushed };
}

function defaults(entity: string, route: Route): Readonly<Record<string, unknown>> {
  const all = Object.entries(LIST_DEFAULTS[entity] ?? {});
  return Object.fromEntries(all.filter(([name]) => Object.hasOwn(route.params, name)));
}

/** `Id = 'x'` and `Id IN (...)`: the objects themselves. */
function idBranch(entity: Entity, where: readonly BoundTerm[]): Branch | undefined {
  const get = entity.operations.Get;
  const sets = where.filter(
    ({ column, operator }) => column.path.join('.') === 'id' && (operator === '=' || operator === 'IN'),
  );
  const [first, ...more] = sets;
  if (get === undefined || first === undefined) return undefined;
  const others = where.filter(({ column }) => !column.stored);
  for (const { path } of [...(get.also ?? []), get]) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'id');
    const given = names.map((name) =>
      where.find(({ column, operator }) => operator === '=' && column.name === pascal(name)),
    );
    if (!path.includes('{id}') || given.includes(undefined)) continue;
    if (others.some((term) => !given.includes(term))) continue;
    const known = more.map(({ written: set }) => new Set(set));
    const ids = [...new Set(first.written)].filter((id) => known.every((set) => set.has(id)));
    const parents = Object.fromEntries(names.map((name, index) => [name, given[index]?.written[0] ?? '']));
    const pushed = [...sets, ...given.filter((term) => term !== undefined)];
    return { source: { by: 'ids', ids }, parents, where, pushed };
  }
  return undefined;
}

function severalOf(entity: Entity, row: OperationRow, clause: Bound, options: ReadOptions): Branch[] | undefined {
  const routes = [row, ...(row.also ?? [])];
  const opened = (term: BoundTerm): boolean =>
    routes.some((route) => isPushable(entity.entity, route, term)) || !term.column.stored;
  const ways = alternatives(clause, opened);
  if (ways === undefined || ways.length < 2) return undefined;
  const branches = ways.map((where) => branchOf(entity, row, where, options));
  return branches.includes(undefined) ? undefined : (branches as Branch[]);
}

/** The clause as an OR of conjunctions; undefined where there would be too many. */
function alternatives(clause: Bound, opened: (term: BoundTerm) => boolean): BoundTerm[][] | undefined {
  if (clause.kind === 'term') {
    if (clause.operator !== 'IN' || !opened(clause)) return [[clause]];
    if (clause.values.length > MOST_BRANCHES) return undefined;
    return clause.values.map((value, index) => [
      { ...clause, operator: '=', values: [value], written: [clause.written[index] ?? ''] },
    ]);
  }
  const parts = clause.of.map((one) => alternatives(one, opened));
  if (parts.includes(undefined)) return undefined;
  const known = parts as BoundTerm[][][];
  if (clause.kind === 'or') {
    const all = known.flat();
    return all.length > MOST_BRANCHES ? undefined : all;
  }
  let all: BoundTerm[][] = [[]];
  for (const part of known) {
    if (all.length * part.length > MOST_BRANCHES) return undefined;
    const [only, ...others] = part;
    // Most parts are one way: it is added in place, or a clause of thousands of terms would be copied for each of them.
    if (others.length === 0) for (const before of all) before.push(...(only ?? []));
    else all = all.flatMap((before) => part.map((more) => [...before, ...more]));
  }
  return all;
}

/** Branches of single objects under the same parents are one. */
function joinedIds(branches: readonly Branch[]): Branch[] {
  const joined: Branch[] = [];
  for (const branch of branches) {
    const { source } = branch;
    const at = joined.findIndex(
      (one) =>
        source.by === 'ids' &&
        one.source.by === 'ids' &&
        JSON.stringify(one.parents) === JSON.stringify(branch.parents),
    );
    const known = joined[at];
    if (source.by !== 'ids' || known?.source.by !== 'ids') {
      joined.push(branch);
      continue;
    }
    const ids = [...new Set([...known.source.ids, ...source.ids])];
    // A row of either way: what both demand.
    const where = known.where.filter((term) => branch.where.includes(term));
    joined[at] = { ...known, source: { by: 'ids', ids }, where };
  }
  return joined;
}

function leftOver(clause: Bound | undefined, terms: readonly Bound[], branches: readonly Branch[]): string[] {
  if (clause === undefined) return [];
  if (branches.length > 1 || branches[0]?.source.by === 'ids') {
    const left = branches.flatMap(({ where, pushed }) => where.filter((term) => !pushed.includes(term)));
    return [...new Set(left.map(written))];
  }
  return terms.filter((one) => one.kind !== 'term' || branches[0]?.pushed.includes(one) !== true).map(writtenClause);
}
