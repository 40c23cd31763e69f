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
  const [written = '', ...more] = (columns ?? []).map((column) => column.trim());
  if (written === '') return undefined;
  const match = /^([\w.]+)(?:\s+(ASC|DESC))?$/i.exec(written);
  if (match === null || more.length > 0) throw unsortable('must be one column, optionally followed by ASC or DESC');
  const column = sortedBy(entity, definition, match[1] ?? '');
  if (!column.isResponseField || column.kind === 'json')
    throw unsortable(`cannot sort by ${column.name}, which is not a single value`);
  return { column, descending: match[2]?.toUpperCase() === 'DESC' };
}

/** Resolves the column of a sort. Errors name the sort parameter, not the clause. */
function sortedBy(entity: Entity, definition: OperationDefinition, name: string): ReturnType<typeof columnOf> {
  try {
    return columnOf(entity, definition, name, 1);
  } catch (cause) {
    const [fieldViolation] = isConnectorError(cause) ? (cause.details.violations ?? []) : [];
    throw fieldViolation === undefined ? cause : unsortable(fieldViolation.description.replace(/,? at 1$/, ''));
  }
}

/** Stripe's own order: newest first, in one list that no parameter orders differently (`order_by=posted_at`). */
export function usesNativeOrder({ column, descending }: Sort, plan: QueryPlan): boolean {
  const [only, ...more] = plan.paths;
  const list =
    only?.source.by === 'list' &&
    !only.source.onePage &&
    !only.source.route.path.startsWith('/v2/') &&
    (only.source.params['order_by'] ?? 'created') === 'created';
  return list && more.length === 0 && descending && column.path.join('.') === 'created';
}

function unsortable(description: string): Error {
  return invalidArgument([{ field: 'listEntitiesSortByColumns', description }]);
}
