import { referencedEntities } from '../../catalog/row-columns.ts';
import type { StripeObject } from '../../stripe/transport.ts';
import { columnNames, type CallNode, type Expanded } from './expanded-columns.ts';
import { setProperty } from './flatten.ts';
import { isObject } from '../../is-object.ts';
import { referenceId } from './reference-id.ts';

/** One row of an entity with PascalCase columns and typed values. The key column is `Id`. */
export type EntityRow = Record<string, unknown>;

/**
 * Converts an object to a row with exactly the columns of the nodes. A column is null if Stripe has no value.
 *
 * Members of nested objects become columns (`AddressCity`). An array, a map and an embedded resource are one JSON
 * value. The column of a reference is the id, even if the reference is expanded. The names of the expanded object's
 * columns start with the name of the reference and a dot (`Customer.Email`), so they cannot collide with other columns.
 */
export function toEntityRow(object: StripeObject, nodes: readonly CallNode[]): EntityRow {
  const entityRow: EntityRow = {};
  fill(entityRow, nodes, object);
  return entityRow;
}

/** Sets the columns of the nodes in a row. A column is null if the object has no value for it. */
function fill(entityRow: EntityRow, nodes: readonly CallNode[], object: StripeObject | undefined): void {
  for (const node of nodes) {
    const value = object !== undefined && Object.hasOwn(object, node.key) ? object[node.key] : undefined;
    if (node.fields !== undefined) {
      fill(entityRow, node.fields, isObject(value) ? value : undefined);
      continue;
    }
    const referencedObject = isObject(value) && referencedEntities(node.field).length > 0 ? value : undefined;
    setProperty(entityRow, node.name, (referencedObject === undefined ? value : referenceId(referencedObject)) ?? null);
    if (node.expanded !== undefined) fillExpanded(entityRow, node.expanded, referencedObject);
  }
}

/**
 * Fills in the columns of an expanded object. If the object can be of several entities, the columns of the other
 * entities are null.
 */
function fillExpanded(entityRow: EntityRow, expanded: readonly Expanded[], object: StripeObject | undefined): void {
  const [only] = expanded;
  if (only !== undefined && expanded.length === 1) {
    fill(entityRow, only.nodes, object);
    return;
  }
  for (const { nodes } of expanded) for (const name of columnNames(nodes)) setProperty(entityRow, name, null);
  const match = expanded.find(({ objectValues }) => objectValues?.includes(object?.['object']) === true);
  if (match !== undefined) fill(entityRow, match.nodes, object);
}
