import { hasId } from '../catalog/routes.ts';
import type { Entity, OperationDefinition } from '../catalog/types.ts';
import { invalidArgument } from '../errors.ts';

/** The target of a write: one object by its id, or all objects that a clause matches. */
export interface WriteTarget {
  readonly entityId?: string | undefined;
  readonly filterClause?: string | undefined;
  readonly maxAffected: number;
  readonly explain: boolean;
}

/**
 * Returns the clause of a write, or undefined for a write by id. Throws if both are set, if the clause is empty, or if
 * neither is set although the path of the operation needs an id.
 */
export function clauseOf(entity: Entity, definition: OperationDefinition, target: WriteTarget): string | undefined {
  if (target.entityId !== undefined && target.filterClause !== undefined) {
    throw invalidArgument([
      { field: 'filterClause', description: 'must not be combined with entityId; send only one of them' },
    ]);
  }
  if (target.filterClause !== undefined) {
    if (target.filterClause.trim() === '') {
      throw invalidArgument([
        { field: 'filterClause', description: 'must not be empty; an empty clause never selects every row' },
      ]);
    }
    return target.filterClause.trim();
  }
  if (target.entityId === undefined && hasId(definition)) {
    throw invalidArgument([
      { field: 'entityId', description: `is required; set entityId or filterClause to select the ${entity.entity}` },
    ]);
  }
  return undefined;
}
