import type { Entity, Fields, Operation } from '../catalog/shapes.ts';

/** What we offer, read at first use: one small file an entity. */
export interface Catalogue {
  /** `Customer`, `customers` or `Customers` -> its name; undefined where there is none. */
  nameOf(written: string): string | undefined;
  names(): readonly string[];
  operationsOf(entity: string): readonly Operation[];
  entity(name: string): Entity;
  /** Stripe's parameters of an action. */
  actionParams(action: string): Fields;
}
