import { settingsInvalid } from '../errors.ts';
import type { Catalog } from '../ports/catalog.ts';
import { matchesEventTypes, sharedType, thinType } from './event-type.ts';
import type { Settings } from './settings.ts';

/** The types to subscribe: `*` alone, or types by Stripe's own names. */
export interface Subscriptions {
  /** Of snapshot events. */
  readonly snapshot: readonly string[];
  /** Of thin events: `v1.customer.updated`, `v2.core.account.updated`. */
  readonly thin: readonly string[];
}

/**
 * Returns what the settings select, each type in one family only. A type that Stripe has in both comes as
 * `event_payload` says, or as a thin event if `event_types` names it with `v1.`. Most types that Stripe has as thin events
 * only (`invoice.line_item_added`) detail an `updated` of snapshots: among snapshots a pattern selects them with `v1.`
 * only. Stripe accepts full types and `*` only, so each pattern is replaced by the matching types of the catalog.
 * https://docs.stripe.com/api/webhook_endpoints/create, https://docs.stripe.com/webhooks/migrate-snapshot-to-thin-events
 */
export function subscriptionsOf(
  settings: Pick<Settings, 'eventTypes' | 'eventPayload'>,
  catalog: Catalog,
): Subscriptions {
  const { eventTypes, eventPayload } = settings;
  const { snapshot: snapshotTypes, thin: thinTypes } = subscribableTypes(catalog);
  const offered = { snapshot: new Set(snapshotTypes), thin: new Set(thinTypes) };
  const known = [...new Set([...offered.snapshot, ...[...offered.thin].map(sharedType)])];
  const patterns = eventTypes.filter((type) => type.endsWith('*'));
  for (const pattern of patterns)
    if (![...known, ...offered.thin].some((type) => matchesEventTypes(type, [pattern])))
      throw settingsInvalid(`event_types: ${pattern} matches no Stripe event type; correct it`);
  const named = eventTypes.filter((type) => !type.endsWith('*')).map(sharedType);
  const isDetail = (type: string): boolean => !type.startsWith('v2.') && !offered.snapshot.has(type);
  const ofThin = patterns.filter((pattern) => pattern.startsWith('v1.'));
  const selects = (type: string): boolean =>
    matchesEventTypes(thinType(type), isDetail(type) && eventPayload === 'snapshot' ? ofThin : patterns);
  const wanted = new Set([...known.filter(selects), ...named]);
  const isThin = (type: string): boolean => {
    const [hasSnapshot, hasThin] = [offered.snapshot.has(type), offered.thin.has(thinType(type))];
    if (hasSnapshot !== hasThin) return hasThin;
    const asThin = eventTypes.some((name) => name.startsWith('v1.') && matchesEventTypes(thinType(type), [name]));
    return type.startsWith('v2.') || asThin || eventPayload === 'thin';
  };
  const thin = [...wanted].filter(isThin).map(thinType).sort();
  const snapshot = [...wanted].filter((type) => !isThin(type)).sort();
  // `*` also selects the types of the future, so it would bring a thin type that the catalog does not have twice.
  const isAll =
    snapshot.length > 0 &&
    [...offered.snapshot].every((type) => snapshot.includes(type)) &&
    thin.every((type) => offered.thin.has(type) || type.startsWith('v2.'));
  return { snapshot: isAll && eventTypes.includes('*') ? ['*'] : snapshot, thin };
}

/** Returns the types that Stripe has, by its own names. */
export function subscribableTypes(catalog: Catalog): Subscriptions {
  const snapshot = catalog.entity('WebhookEndpoint').operations.Create?.params['enabled_events']?.type;
  return {
    snapshot: enumeratedTypes(snapshot).filter((type) => type !== '*'),
    thin: enumeratedTypes(catalog.entity('V2.Core.Event').fields['type']?.type),
  };
}

/** Returns the values of an enumeration, or of the items of an array. */
function enumeratedTypes(type: unknown): string[] {
  if (typeof type !== 'object' || type === null) return [];
  if ('array' in type) return enumeratedTypes(type.array);
  return 'enum' in type && Array.isArray(type.enum) ? type.enum.map(String) : [];
}
