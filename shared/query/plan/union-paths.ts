import { routesOf } from '../../catalog/routes.ts';
import type { Entity, OperationDefinition } from '../../catalog/types.ts';
import type { BoundExpr, BoundTerm } from '../binder.ts';
import { bestPath, type AccessPath, type PlanOptions } from './access-path.ts';
import { isPushable } from './pushable.ts';

/** Maximum number of access paths. With more of them, reading the whole list is usually cheaper. */
const MAX_ACCESS_PATHS = 20;

/**
 * Returns one access path for each alternative of OR and IN. Undefined if there are fewer than two alternatives or more
 * than MAX_ACCESS_PATHS, or if Stripe does not support one of them.
 */
export function unionPaths(
  entity: Entity,
  definition: OperationDefinition,
  clause: BoundExpr,
  options: PlanOptions,
): AccessPath[] | undefined {
  const routes = routesOf(definition);
  const canSplit = (term: BoundTerm): boolean =>
    routes.some((route) => isPushable(entity.entity, route, term)) || !term.column.isResponseField;
  const conjunctions = toDnf(clause, canSplit);
  if (conjunctions === undefined || conjunctions.length < 2) return undefined;
  const paths = conjunctions.map((where) => bestPath(entity, definition, where, options));
  return paths.includes(undefined) ? undefined : (paths as AccessPath[]);
}

/**
 * Converts the clause to an OR of conjunctions (DNF). An IN is split if `canSplit` returns true for it. Undefined if
 * there would be more than MAX_ACCESS_PATHS conjunctions.
 */
function toDnf(clause: BoundExpr, canSplit: (term: BoundTerm) => boolean): BoundTerm[][] | undefined {
  if (clause.kind === 'term') {
    if (clause.operator !== 'IN' || !canSplit(clause)) return [[clause]];
    if (clause.values.length > MAX_ACCESS_PATHS) return undefined;
    return clause.values.map((value, index) => [
      { ...clause, operator: '=', values: [value], literals: [clause.literals[index] ?? ''] },
    ]);
  }
  const operands = clause.operands.map((operand) => toDnf(operand, canSplit));
  if (operands.includes(undefined)) return undefined;
  const groups = operands as BoundTerm[][][];
  if (clause.kind === 'or') {
    const conjunctions = groups.flat();
    return conjunctions.length > MAX_ACCESS_PATHS ? undefined : conjunctions;
  }
  let conjunctions: BoundTerm[][] = [[]];
  for (const part of groups) {
    if (conjunctions.length * part.length > MAX_ACCESS_PATHS) return undefined;
    const [first, ...others] = part;
    // Most operands have one alternative, which is appended in place. Copies would take quadratic time.
    if (others.length === 0) for (const conjunction of conjunctions) conjunction.push(...(first ?? []));
    else
      conjunctions = conjunctions.flatMap((conjunction) => part.map((alternative) => [...conjunction, ...alternative]));
  }
  return conjunctions;
}
