import type { Entity, OperationDefinition } from '../../catalog/types.ts';
import { invalidArgument, isConnectorError } from '../../errors.ts';
import { bind } from '../../query/binder.ts';
import { columnOf } from '../../query/columns.ts';
import { parseClause } from '../../query/syntax/parser.ts';
import type { PlanOptions } from '../../query/plan/access-path.ts';
import { planQuery, type QueryPlan } from '../../query/plan/planner.ts';
import type { Sort } from './paginate.ts';

/** Plans a clause. An empty clause matches everything. */
export function planClause(
  entity: Entity,
  definition: OperationDefinition,
  clause: string,
  options: PlanOptions,
): QueryPlan {
  const bound = clause === '' ? undefined : bind(entity, definition, parseClause(clause));
  return planQuery(entity, definition, bound, options);
}

/** Parses a sort such as `Created DESC`: one column and its direction, ascending by default. */
export function readSort(
  entity: Entity,
  definition: OperationDefinition,
  columns: readonly string[] | undefined,
): Sort | undefined {
  const [sortText = '', ...otherColumns] = (columns ?? []).map((column) => column.trim());
  if (sortText === '') return undefined;
  const match = /^([\w.]+)(?:\s+(ASC|DESC))?$/i.exec(sortText);
  if (match === null || otherColumns.length > 0)
    throw sortError('must be one column, optionally followed by ASC or DESC');
  const column = sortColumn(entity, definition, match[1] ?? '');
  if (!column.isResponseField || column.kind === 'json')
    throw sortError(`cannot sort by ${column.name}, which is not a single value`);
  return { column, descending: match[2]?.toUpperCase() === 'DESC' };
}

/** Resolves the column of a sort. Errors name the sort parameter, not the clause. */
function sortColumn(entity: Entity, definition: OperationDefinition, name: string): ReturnType<typeof columnOf> {
  try {
    return columnOf(entity, definition, name, 1);
  } catch (cause) {
    const [fieldViolation] = isConnectorError(cause) ? (cause.details.violations ?? []) : [];
    throw fieldViolation === undefined ? cause : sortError(fieldViolation.description.replace(/,? at 1$/, ''));
  }
}

/**
 * Returns whether Stripe lists the rows in this order itself: newest first, in one list that no parameter orders
 * differently (`order_by=posted_at`).
 */
export function usesNativeOrder({ column, descending }: Sort, plan: QueryPlan): boolean {
  const [path, ...otherPaths] = plan.paths;
  const newestFirst =
    path?.source.by === 'list' &&
    !path.source.onePage &&
    !path.source.route.path.startsWith('/v2/') &&
    (path.source.params['order_by'] ?? 'created') === 'created';
  return newestFirst && otherPaths.length === 0 && descending && column.path.join('.') === 'created';
}

function sortError(description: string): Error {
  return invalidArgument([{ field: 'listEntitiesSortByColumns', description }]);
}
