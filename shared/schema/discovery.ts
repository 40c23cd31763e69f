import { requireAction } from '../operations/actions.ts';
import { requireEntity } from '../operations/connector.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Catalog } from '../ports/catalog.ts';
import { describeAction, type ActionDescriptor } from './action.ts';
import { describeEntity, type EntityDescriptor } from './entity.ts';

/** Descriptors of the catalog's entities and actions. Each is created on first use and never changes. */
export class Discovery {
  private readonly entities = new Map<string, EntityDescriptor>();
  private readonly actions = new Map<string, ActionDescriptor>();

  constructor(private readonly catalog: Catalog) {}

  entityNames(): readonly string[] {
    return this.catalog.names();
  }

  actionNames(): readonly string[] {
    return this.catalog.actionNames();
  }

  /** Throws INVALID_ARGUMENT with the nearest name if the entity does not exist. */
  entity(written: string): EntityDescriptor {
    const name = requireEntity(this.catalog, written);
    return getOrCreate(this.entities, name, () => describeEntity(this.catalog.entity(name)));
  }

  /** Throws UNIMPLEMENTED with the nearest name if the action does not exist. */
  action(written: string): ActionDescriptor {
    const definition = requireAction(this.catalog, written);
    return getOrCreate(this.actions, definition.action, () =>
      describeAction(definition, this.catalog.entity(definition.entity)),
    );
  }
}

function getOrCreate<T>(descriptors: Map<string, T>, name: string, create: () => T): T {
  const descriptor = descriptors.get(name) ?? create();
  descriptors.set(name, descriptor);
  return descriptor;
}

/** One per instance, so that descriptors are created once. */
export const discoveryOf = memoizeByRef((catalog: Catalog): Discovery => new Discovery(catalog));
