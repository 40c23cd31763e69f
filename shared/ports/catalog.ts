import type { Descriptions } from '../catalog/descriptions.ts';
import type { Action, Entity, Fields, Operation } from '../catalog/types.ts';
import type { PolicyTable } from '../catalog/money/write-facts.ts';

/** The entities and actions of the connector. Each one is a small file, which is read on first use. */
export interface Catalog {
  /**
   * Resolves `Customer`, `customers` or `Customers` to the name of the entity. Returns undefined if there is no such
   * entity.
   */
  nameOf(text: string): string | undefined;
  names(): readonly string[];
  operationsOf(entity: string): readonly Operation[];
  entity(name: string): Entity;
  /**
   * Returns the fields of an entity. The entity may have no operations and exist only as the type of an expanded
   * reference. Returns undefined if the catalog does not have the entity.
   */
  fieldsOf(name: string): Fields | undefined;
  actionNames(): readonly string[];
  /** Returns undefined if the action does not exist. */
  action(name: string): Action | undefined;
  /**
   * Returns the table of inputs that contain amounts. Only a write policy that limits currencies or amounts needs it.
   */
  policyTable(): PolicyTable;
  /**
   * Returns the descriptions of entities and actions. Undefined, or returns undefined, in functions that are bundled
   * without the texts.
   */
  readonly descriptions?: () => Descriptions | undefined;
}
