import { DELETED_STATUS, documentedStatuses, eventsOfStatus } from '../../catalog/events/status-events.ts';
import type { Entity } from '../../catalog/types.ts';
import { thinType } from '../../config/event-type.ts';
import { subscribableTypes, subscriptionsOf } from '../../config/subscriptions.ts';
import { memoizeByRef } from '../../memoize.ts';
import type { Connector } from '../../operations/connector.ts';

/** The event types that `webhooks sync` subscribes to. */
const subscribed = memoizeByRef(({ settings, deps }: Connector) => {
  const { snapshot, thin } = subscriptionsOf(settings, deps.catalog);
  return { allSnapshots: snapshot.includes('*'), snapshot: new Set(snapshot), thin: new Set(thin) };
});

/**
 * Returns why the connection receives no event that reports a status of an entity; undefined if it receives one.
 *
 * An event reports the status under three conditions: Stripe sends its type when an object gets the status, the
 * connection subscribes to the type, and the message contains the object. A thin event does not contain the object if
 * `events_refetch` is false. A deletion needs no object, because the type of the event reports it.
 */
export function unreachableReason(connector: Connector, entity: Entity, status: string): string | undefined {
  const statuses = documentedStatuses(entity);
  const isDeletion = status === DELETED_STATUS && entity.operations.Delete !== undefined;
  const choices = statuses.length === 0 ? ', which has none' : `; it has ${statuses.join(', ')}`;
  if (!isDeletion && !statuses.includes(status)) return `${status} is not a status of ${entity.entity}${choices}`;
  const types = eventsOfStatus(entity, status);
  if (types.length === 0)
    return `Stripe sends no event that reports ${status} of ${entity.entity}; read the object instead`;
  const { allSnapshots, snapshot, thin } = subscribed(connector);
  const offered = snapshotTypes(connector);
  const isSnapshot = (type: string): boolean => offered.has(type) && (allSnapshots || snapshot.has(type));
  const asThin = types.filter((type) => thin.has(thinType(type)));
  if (types.some(isSnapshot) || (asThin.length > 0 && (isDeletion || connector.settings.eventsRefetch !== false)))
    return undefined;
  if (asThin.length > 0)
    return `${status} is reported by thin events (${asThin.join(', ')}), which have no status without events_refetch; set it to true, or subscribe to the snapshot events`;
  // A type that Stripe does not offer as snapshot events is named with the prefix of thin events, `v1.`.
  const names = types.map((type) => (offered.has(type) ? type : thinType(type)));
  return `no type of event_types reports ${status} of ${entity.entity}; add ${names.join(' or ')}`;
}

/** Returns whether the connector may read the object from Stripe when an event that reports this status arrives. */
export function readsForStatus(connector: Connector, entity: Entity, status: string): boolean {
  const { eventsRefetch } = connector.settings;
  if (eventsRefetch !== undefined) return eventsRefetch;
  return eventsOfStatus(entity, status).some((type) => subscribed(connector).thin.has(thinType(type)));
}

const snapshotTypes = memoizeByRef(({ deps }: Connector) => new Set(subscribableTypes(deps.catalog).snapshot));
