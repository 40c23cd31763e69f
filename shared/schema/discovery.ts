import { requireAction } from '../operations/actions.ts';
import { requireEntity } from '../operations/connector.ts';
import { lazilyOf } from '../memoize.ts';
import type { Catalogue } from '../ports/catalog.ts';
import { describeAction, type ActionFacts } from './action.ts';
import { describeEntity, type EntityFacts } from './entity.ts';

/** What the catalogue offers, described once each at its first question: there is nothing to refresh. */
export class Discovery {
  private readonly entities = new Map<string, EntityFacts>();
  private readonly actions = new Map<string, ActionFacts>();

  constructor(private readonly catalogue: Catalogue) {}

  entityNames(): readonly string[] {
    return this.catalogue.names();
  }

  actionNames(): readonly string[] {
    return this.catalogue.actionNames();
  }

  /** Throws INVALID_ARGUMENT, with the nearest name, where there is no such entity. */
  entity(written: string): EntityFacts {
    const name = requireEntity(this.catalogue, written);
    return known(this.entities, name, () => describeEntity(this.catalogue.entity(name)));
  }

  /** Throws UNIMPLEMENTED, with the nearest name, where there is no such action. */
  action(written: string): ActionFacts {
    const row = requireAction(this.catalogue, written);
    return known(this.actions, row.action, () => describeAction(row));
  }
}

function known<T>(facts: Map<string, T>, name: string, make: () => T): T {
  const found = facts.get(name) ?? make();
  facts.set(name, found);
  return found;
}

/** One an instance: descriptions are made once. */
export const discoveryOf = lazilyOf((catalogue: Catalogue): Discovery => new Discovery(catalogue));
