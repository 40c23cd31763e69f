import { pascal } from '../../catalog/names.ts';
import { ROW_ONLY } from '../../catalog/search-columns.ts';
import { addedColumns } from '../../catalog/row-columns.ts';
import type { Entity } from '../../catalog/types.ts';
import { valueAt } from '../../query/evaluate.ts';
import type { StripeObject } from '../../stripe/transport.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import { toEntityRow } from './entity-row.ts';
import { callNodes, type CallNode, type FieldsOf } from './expanded-columns.ts';
import { selectColumns } from './select-fields.ts';

/** The columns of the rows of one call. */
export interface RowColumns {
  readonly entity: Entity;
  readonly nodes: readonly CallNode[];
  /** Columns in addition to those of Stripe's object. */
  readonly added: readonly string[];
}

/**
 * Returns a function that converts Stripe's object to a row of the call. The parents of a nested object are columns
 * too.
 */
export function rowMapper(
  entity: Entity,
  operation: 'List' | 'Get',
  call: CallContext,
  fieldsOf: FieldsOf,
): (object: StripeObject, parents: Readonly<Record<string, string>>) => unknown {
  const expand = (call.expand ?? []).map((path) => (operation === 'List' ? path.replace(/^data\./, '') : path));
  const columns: RowColumns = {
    entity,
    nodes: callNodes(entity.fields, expand, fieldsOf),
    added: addedColumns(entity),
  };
  const rowOnly = Object.entries(ROW_ONLY[entity.entity] ?? {});
  const select = selectColumns(columns, call);
  return (object, parents) => {
    if (call.outputFormat === 'native') return object;
    const entityRow = toEntityRow(object, columns.nodes);
    for (const name of columns.added) entityRow[name] = null;
    for (const [key, id] of Object.entries(parents)) if (!Object.hasOwn(object, key)) entityRow[pascal(key)] = id;
    for (const [name, paths] of rowOnly) entityRow[name] = firstPresent(object, paths);
    return select === undefined ? entityRow : select(entityRow);
  };
}

/**
 * Returns the value at the first path that Stripe's object has, even if the value is null. Returns null if it has none
 * of the paths.
 */
function firstPresent(object: StripeObject, paths: readonly (readonly string[])[]): unknown {
  return paths.map((path) => idOrValue(valueAt(object, path))).find((value) => value !== undefined) ?? null;
}

function idOrValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
}
