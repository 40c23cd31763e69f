import type { Entity, OperationDefinition } from '../../catalog/types.ts';
import { invalidArgument, isConnectorError } from '../../errors.ts';
import { bind } from '../../query/binder.ts';
import { columnOf } from '../../query/columns.ts';
import { parseClause } from '../../query/parser.ts';
import { planQuery, type PlanOptions, type QueryPlan } from '../../query/planner.ts';
import type { Sort } from './paginate.ts';

/** The plan of a clause; an empty one filters nothing. */
export function planClause(
  entity: Entity,
  definition: OperationDefinition,
  clause: string,
  options: PlanOptions,
): QueryPlan {
  const bound = clause === '' ? undefined : bind(entity, definition, parseClause(clause));
  return planQuery(entity, definition, bound, options);
}

/** `Created DESC`: one column and its direction, ascending where none is named. */
export function readSort(
  entity: Entity,
  definition: OperationDefinition,
  columns: readonly string[] | undefined,
): Sort | undefined {
  const [written = '', ...more] = (columns ?? []).map((column) => column.trim());
  if (written === '') return undefined;
  const match = /^([\w.]+)(?:\s+(ASC|DESC))?$/i.exec(written);
  if (match === null || more.length > 0) throw unsortable('takes one column, with ASC or DESC behind it');
  const column = sortedBy(entity, definition, match[1] ?? '');
  if (!column.isResponseField || column.kind === 'json')
    throw unsortable(`${column.name} cannot be sorted by: it is no single value`);
  return { column, descending: match[2]?.toUpperCase() === 'DESC' };
}

/** The column by its name; what is wrong with it is told of the sort, not of a clause. */
function sortedBy(entity: Entity, definition: OperationDefinition, name: string): ReturnType<typeof columnOf> {
  try {
    return columnOf(entity, definition, name, 1);
  } catch (cause) {
    const [fieldViolation] = isConnectorError(cause) ? (cause.details.violations ?? []) : [];
    throw fieldViolation === undefined ? cause : unsortable(fieldViolation.description.replace(/,? at 1$/, ''));
  }
}

/** Stripe's own order: newest first, of one list that no parameter orders otherwise (`order_by=posted_at`). */
export function usesNativeOrder({ column, descending }: Sort, plan: QueryPlan): boolean {
  const [only, ...more] = plan.branches;
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
