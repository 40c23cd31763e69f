import type { ActionDefinition } from '../catalog/actions.ts';
import type { Entity, Fields, Operation } from '../catalog/types.ts';
import type { PolicyTable } from '../catalog/money/write-facts.ts';

/** What we offer, read at first use: one small file an entity or action. */
export interface Catalog {
  /** `Customer`, `customers` or `Customers` -> its name; undefined where there is none. */
  nameOf(written: string): string | undefined;
  names(): readonly string[];
  operationsOf(entity: string): readonly Operation[];
  entity(name: string): Entity;
  /** The fields of any entity, offered here or not: what an expanded reference looks like. */
  fieldsOf(name: string): Fields | undefined;
  actionNames(): readonly string[];
  /** Undefined where there is no such action. */
  action(name: string): ActionDefinition | undefined;
  /** What a write policy works with: read only where there is one. */
  policyFacts(): PolicyTable;
}
