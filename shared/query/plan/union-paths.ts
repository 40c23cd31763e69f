import { routesOf } from '../../catalog/routes.ts';
import type { Entity, OperationDefinition } from '../../catalog/types.ts';
import type { BoundExpr, BoundTerm } from '../binder.ts';
import { bestPath, type AccessPath, type PlanOptions } from './access-path.ts';
import { isPushable } from './pushdown.ts';

/** More access paths would cost more than reading everything. */
const MAX_ACCESS_PATHS = 20;

/** Returns one access path for each alternative of OR and IN. Undefined if Stripe does not support one of them. */
export function unionPaths(
  entity: Entity,
  definition: OperationDefinition,
  clause: BoundExpr,
  options: PlanOptions,
): AccessPath[] | undefined {
  const routes = routesOf(definition);
  const opened = (term: BoundTerm): boolean =>
    routes.some((route) => isPushable(entity.entity, route, term)) || !term.column.isResponseField;
  const terms = toDnf(clause, opened);
  if (terms === undefined || terms.length < 2) return undefined;
  const paths = terms.map((where) => bestPath(entity, definition, where, options));
  return paths.includes(undefined) ? undefined : (paths as AccessPath[]);
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
