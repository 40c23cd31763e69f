import type { Descriptions } from '../catalog/descriptions.ts';
import type { Action, Entity, Fields, Operation } from '../catalog/types.ts';
import type { PolicyTable } from '../catalog/money/write-facts.ts';

/** The entities and actions of the connector, read on first use from one small file each. */
export interface Catalog {
  /** Resolves `Customer`, `customers` or `Customers` to the entity's name. Returns undefined if there is none. */
  nameOf(written: string): string | undefined;
  names(): readonly string[];
  operationsOf(entity: string): readonly Operation[];
  entity(name: string): Entity;
  /** Returns the fields of any entity, even one without operations: the type of an expanded reference. */
  fieldsOf(name: string): Fields | undefined;
  actionNames(): readonly string[];
  /** Returns undefined if the action does not exist. */
  action(name: string): Action | undefined;
  /** The facts that a write policy needs. Read only if a policy is set. */
  policyFacts(): PolicyTable;
  /** The texts about all of these. Absent in functions that describe nothing, so that they carry none. */
  readonly descriptions?: () => Descriptions | undefined;
}
