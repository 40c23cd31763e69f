import type { ColumnDescriptor } from '../../schema/columns.ts';
import { discoveryOf } from '../../schema/discovery.ts';
import { mapInChunks } from '../../http/event-loop.ts';
import { memoizeByRef } from '../../memoize.ts';
import type { ConnectorDeps } from '../../operations/connector.ts';

/** A column with ids of another entity. Stripe's list can be filtered by this column. */
interface ReferringColumn {
  readonly entity: string;
  readonly column: ColumnDescriptor;
}

const referringColumns = memoizeByRef(async (deps: ConnectorDeps): Promise<ReadonlyMap<string, ReferringColumn[]>> => {
  const discovery = discoveryOf(deps);
  const listed = discovery.entityNames().filter((name) => deps.catalog.operationsOf(name).includes('List'));
  const byTarget = new Map<string, ReferringColumn[]>();
  await mapInChunks(listed, (entity) => {
    for (const column of discovery.entity(entity).columns) {
      if (column.reference === undefined || column.filter !== 'stripe') continue;
      byTarget.set(column.reference, [...(byTarget.get(column.reference) ?? []), { entity, column }]);
    }
  });
  return byTarget;
});

/** Returns the columns, of any entity, that contain ids of the given entity and that Stripe's list can filter by. */
export async function referrersOf(
  deps: ConnectorDeps,
  entity: string,
): Promise<{ referrers: readonly ReferringColumn[] }> {
  return { referrers: (await referringColumns(deps)).get(entity) ?? [] };
}
