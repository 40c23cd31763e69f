import type { Entity, OperationRow } from '../../catalog/types.ts';
import { invalid, isConnectorError } from '../../errors.ts';
import { bind } from '../../query/binder.ts';
import { columnOf } from '../../query/columns.ts';
import { parseClause } from '../../query/parser.ts';
import { planRead, type ReadOptions, type ReadPlan } from '../../query/planner.ts';
import type { Sort } from './paginate.ts';

/** The plan of a clause; an empty one filters nothing. */
export function planClause(entity: Entity, row: OperationRow, clause: string, options: ReadOptions): ReadPlan {
  const bound = clause === '' ? undefined : bind(entity, row, parseClause(clause));
  return planRead(entity, row, bound, options);
}

/** `Created DESC`: one column and its direction, ascending where none is named. */
export function readSort(entity: Entity, row: OperationRow, columns: readonly string[] | undefined): Sort | undefined {
  const [written = '', ...more] = (columns ?? []).map((one) => one.trim());
  if (written === '') return undefined;
  const found = /^([\w.]+)(?:\s+(ASC|DESC))?$/i.exec(written);
  if (found === null || more.length > 0) throw unsortable('takes one column, with ASC or DESC behind it');
  const column = sortedBy(entity, row, found[1] ?? '');
  if (!column.stored || column.kind === 'json')
    throw unsortable(`${column.name} cannot be sorted by: it is no single value`);
  return { column, descending: found[2]?.toUpperCase() === 'DESC' };
}

/** The column by its name; what is wrong with it is told of the sort, not of a clause. */
function sortedBy(entity: Entity, row: OperationRow, name: string): ReturnType<typeof columnOf> {
  try {
    return columnOf(entity, row, name, 1);
  } catch (cause) {
    const [said] = isConnectorError(cause) ? (cause.facts.violations ?? []) : [];
    throw said === undefined ? cause : unsortable(said.description.replace(/,? at 1$/, ''));
  }
}

/** Stripe's own order: newest first, of one list that no parameter orders otherwise (`order_by=posted_at`). */
export function isStripesOrder({ column, descending }: Sort, plan: ReadPlan): boolean {
  const [only, ...more] = plan.branches;
  const list =
    only?.source.by === 'list' &&
    !only.source.onePage &&
    !only.source.route.path.startsWith('/v2/') &&
    (only.source.params['order_by'] ?? 'created') === 'created';
  return list && more.length === 0 && descending && column.path.join('.') === 'created';
}

function unsortable(description: string): Error {
  return invalid([{ field: 'listEntitiesSortByColumns', description }]);
}
