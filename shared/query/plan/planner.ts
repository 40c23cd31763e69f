import type { Entity, OperationDefinition } from '../../catalog/types.ts';
import { formatTerm, formatClause, type BoundExpr } from '../binder.ts';
import { bestPath, mergeIdLookups, selectivity, type AccessPath, type PlanOptions } from './access-path.ts';
import { checkDeleted, checkTestClocks, checkListOnlyFilters, unsupportedQuery } from './plan-checks.ts';
import { remarksOf } from './remarks.ts';
import { unionPaths } from './union-paths.ts';

/** A plan to read the rows of a clause. The access paths are read in order, and each row is matched against the clause. */
export interface QueryPlan {
  readonly paths: readonly AccessPath[];
  /** The clause; undefined if every row matches. */
  readonly where: BoundExpr | undefined;
  /** The text of the terms that the connector evaluates, because Stripe does not support them. */
  readonly clientFilters: readonly string[];
  /** Why the rows that Stripe returns may be more or fewer than those that match the clause. */
  readonly remarks: readonly string[];
}

/**
 * Splits a clause into terms that Stripe evaluates and terms that the connector evaluates.
 *
 * OR and IN become several access paths if each of these is more selective than the best single path, which uses only
 * the terms that AND joins to the whole clause. Otherwise the single path reads the rows, and the connector evaluates
 * OR, and IN unless Stripe's list supports it.
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
  const single = bestPath(entity, definition, common, options);
  const singlePaths = single === undefined ? [] : [single];
  const union =
    clause === undefined || single?.source.by === 'ids' ? undefined : unionPaths(entity, definition, clause, options);
  const unionIsBetter =
    union?.every((path) => single === undefined || selectivity(path) > selectivity(single)) === true;
  const paths = unionIsBetter ? union : singlePaths;
  if (paths.length === 0) throw unsupportedQuery(entity, definition, common);
  checkTestClocks(clause, paths);
  return {
    paths: mergeIdLookups(paths),
    where: clause,
    clientFilters: residualFilters(clause, terms, paths),
    remarks: remarksOf(entity.entity, paths),
  };
}

/** Returns the expressions that AND joins to the whole clause. */
function conjuncts(clause: BoundExpr): BoundExpr[] {
  return clause.kind === 'and' ? clause.operands.flatMap(conjuncts) : [clause];
}

/** Returns the text of the terms that Stripe does not apply. */
function residualFilters(
  clause: BoundExpr | undefined,
  terms: readonly BoundExpr[],
  paths: readonly AccessPath[],
): string[] {
  if (clause === undefined) return [];
  if (paths.length > 1 || paths[0]?.source.by === 'ids') {
    const unpushed = paths.flatMap(({ where, pushed }) => where.filter((term) => !pushed.includes(term)));
    return [...new Set(unpushed.map(formatTerm))];
  }
  return terms.filter((term) => term.kind !== 'term' || paths[0]?.pushed.includes(term) !== true).map(formatClause);
}
