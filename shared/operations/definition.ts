import type { Entity, Operation, OperationDefinition } from '../catalog/types.ts';
import { requireOperation, type ConnectorDeps } from './connector.ts';

/** Returns an entity and the definition of one of its operations. Throws if the entity does not have the operation. */
export function definitionOf(
  deps: ConnectorDeps,
  name: string,
  operation: Operation,
): { entity: Entity; definition: OperationDefinition } {
  requireOperation(deps.catalog, name, operation);
  const entity = deps.catalog.entity(name);
  return { entity, definition: entity.operations[operation] as OperationDefinition };
}
