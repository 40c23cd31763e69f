import type { Descriptions } from '../catalog/descriptions.ts';
import { requireAction } from '../operations/actions.ts';
import { requireEntity, type ConnectorDeps } from '../operations/connector.ts';
import { REQUEST_LIMITS, type RequestLimits } from '../operations/request/limits.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Catalog } from '../ports/catalog.ts';
import { describeAction, type ActionDescriptor } from './action.ts';
import { describeEntity, type EntityDescriptor } from './entity.ts';

/** Descriptors of the catalog's entities and actions. Each is created on first use and never changes. */
export class Discovery {
  private readonly entities = new Map<string, EntityDescriptor>();
  private readonly actions = new Map<string, ActionDescriptor>();

  constructor(
    private readonly catalog: Catalog,
    /** Limits of the connection's requests. */
    readonly limits: RequestLimits = REQUEST_LIMITS,
  ) {}

  /** The descriptions of the catalog. Undefined in functions without them. */
  get descriptions(): Descriptions | undefined {
    return this.catalog.descriptions?.();
  }

  entityNames(): readonly string[] {
    return this.catalog.names();
  }

  actionNames(): readonly string[] {
    return this.catalog.actionNames();
  }

  /**
   * Returns the descriptor of an entity. Throws INVALID_ARGUMENT or UNIMPLEMENTED if the entity does not exist (see
   * `requireEntity`).
   */
  entity(requestedName: string): EntityDescriptor {
    const name = requireEntity(this.catalog, requestedName);
    return getOrCreate(this.entities, name, () => describeEntity(this.catalog.entity(name), this));
  }

  /** Returns the descriptor of an action. Throws UNIMPLEMENTED with the nearest name if the action does not exist. */
  action(requestedName: string): ActionDescriptor {
    const definition = requireAction(this.catalog, requestedName);
    return getOrCreate(this.actions, definition.action, () =>
      describeAction(definition, this.catalog.entity(definition.entity), this),
    );
  }
}

function getOrCreate<T>(descriptors: Map<string, T>, name: string, create: () => T): T {
  const descriptor = descriptors.get(name) ?? create();
  descriptors.set(name, descriptor);
  return descriptor;
}

/** Returns the descriptors of a connection. They are created once. */
export const discoveryOf = memoizeByRef(
  ({ catalog, limits }: Pick<ConnectorDeps, 'catalog' | 'limits'>): Discovery => new Discovery(catalog, limits),
);
