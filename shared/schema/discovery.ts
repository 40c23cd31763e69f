import { requireAction } from '../operations/actions.ts';
import { requireEntity } from '../operations/connector.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Catalog } from '../ports/catalog.ts';
import { describeAction, type ActionDescriptor } from './action.ts';
import { describeEntity, type EntityDescriptor } from './entity.ts';

/** What the catalogue offers, described once each at its first question: there is nothing to refresh. */
export class Discovery {
  private readonly entities = new Map<string, EntityDescriptor>();
  private readonly actions = new Map<string, ActionDescriptor>();

  constructor(private readonly catalogue: Catalog) {}

  entityNames(): readonly string[] {
    return this.catalogue.names();
  }

  actionNames(): readonly string[] {
    return this.catalogue.actionNames();
  }

  /** Throws INVALID_ARGUMENT, with the nearest name, where there is no such entity. */
  entity(written: string): EntityDescriptor {
    const name = requireEntity(this.catalogue, written);
    return known(this.entities, name, () => describeEntity(this.catalogue.entity(name)));
  }

  /** Throws UNIMPLEMENTED, with the nearest name, where there is no such action. */
  action(written: string): ActionDescriptor {
    const definition = requireAction(this.catalogue, written);
    return known(this.actions, definition.action, () => describeAction(definition));
  }
}

function known<T>(details: Map<string, T>, name: string, make: () => T): T {
  const nonNullable = details.get(name) ?? make();
  details.set(name, nonNullable);
  return nonNullable;
}

/** One an instance: descriptions are made once. */
export const discoveryOf = memoizeByRef((catalogue: Catalog): Discovery => new Discovery(catalogue));
