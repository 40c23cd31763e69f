import type { Descriptions } from '../catalog/descriptions.ts';
import type { Action, Entity, Fields, Operation } from '../catalog/types.ts';
import type { PolicyTable } from '../catalog/money/write-facts.ts';

/** The entities and actions of the connector. Each one is a small file, which is read on first use. */
export interface Catalog {
  /** Resolves `Customer`, `customers` or `Customers` to the entity's name. Returns undefined if there is none. */
  nameOf(text: string): string | undefined;
  names(): readonly string[];
  operationsOf(entity: string): readonly Operation[];
  entity(name: string): Entity;
  /** Returns the fields of any entity, even one without operations: the type of an expanded reference. */
  fieldsOf(name: string): Fields | undefined;
  actionNames(): readonly string[];
  /** Returns undefined if the action does not exist. */
  action(name: string): Action | undefined;
  /** What a write policy needs to know of the operations. The file is read only if a policy is set. */
  policyFacts(): PolicyTable;
  /** The descriptions of all of these. Undefined in functions that return none, so that their bundles omit the texts. */
  readonly descriptions?: () => Descriptions | undefined;
}
