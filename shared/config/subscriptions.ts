import { settingsInvalid } from '../errors.ts';
import type { Catalog } from '../ports/catalog.ts';
import { matchesEventTypes, sharedType, thinType } from './event-type.ts';
import type { Settings } from './settings.ts';

/** The event types to subscribe to. */
export interface Subscriptions {
  /** Types of snapshot events, or `*` alone. */
  readonly snapshot: readonly string[];
  /** Types of thin events: `v1.customer.updated`, `v2.core.account.updated`. */
  readonly thin: readonly string[];
}

/** The event types that Stripe offers: as snapshot events and as thin events. */
interface OfferedTypes {
  readonly snapshot: ReadonlySet<string>;
  readonly thin: ReadonlySet<string>;
}

type EventSettings = Pick<Settings, 'eventTypes' | 'eventPayload'>;

/**
 * Returns the event types that the settings select, each type either as a snapshot event or as a thin event. Stripe
 * accepts full types and `*` only, so each pattern is replaced by the matching types of the catalog.
 * https://docs.stripe.com/api/webhook_endpoints/create,
 * https://docs.stripe.com/webhooks/migrate-snapshot-to-thin-events
 */
export function subscriptionsOf(settings: EventSettings, catalog: Catalog): Subscriptions {
  const types = subscribableTypes(catalog);
  const offered: OfferedTypes = { snapshot: new Set(types.snapshot), thin: new Set(types.thin) };
  const isThin = (type: string): boolean => isThinSubscription(type, settings, offered);
  const selected = selectedTypes(settings, offered);
  const thin = selected.filter(isThin).map(thinType).sort();
  const snapshot = selected.filter((type) => !isThin(type)).sort();
  // `*` also subscribes to types that the catalog does not have yet. It is not used together with a thin type that the
  // catalog does not have, because Stripe would then also send the snapshot event of that type.
  const isAll =
    snapshot.length > 0 &&
    [...offered.snapshot].every((type) => snapshot.includes(type)) &&
    thin.every((type) => offered.thin.has(type) || type.startsWith('v2.'));
  return { snapshot: isAll && settings.eventTypes.includes('*') ? ['*'] : snapshot, thin };
}

/**
 * Returns the types that `event_types` selects, without the prefix `v1.`. Throws SETTINGS_INVALID if a pattern matches
 * no type.
 *
 * Most types that Stripe has as thin events only (`invoice.line_item_added`) describe a part of a change. For the
 * complete change, Stripe sends a snapshot event (`invoice.updated`). If `event_payload` is `snapshot`, a pattern
 * selects such a type only with the prefix `v1.`.
 */
function selectedTypes({ eventTypes, eventPayload }: EventSettings, offered: OfferedTypes): string[] {
  const known = [...new Set([...offered.snapshot, ...[...offered.thin].map(sharedType)])];
  const patterns = eventTypes.filter((type) => type.endsWith('*'));
  for (const pattern of patterns)
    if (![...known, ...offered.thin].some((type) => matchesEventTypes(type, [pattern])))
      throw settingsInvalid(`event_types: ${pattern} matches no Stripe event type; correct it`);
  const thinPatterns = patterns.filter((pattern) => pattern.startsWith('v1.'));
  const matchesPattern = (type: string): boolean => {
    const isThinOnly = !type.startsWith('v2.') && !offered.snapshot.has(type);
    return matchesEventTypes(thinType(type), isThinOnly && eventPayload === 'snapshot' ? thinPatterns : patterns);
  };
  const fullTypes = eventTypes.filter((type) => !type.endsWith('*')).map(sharedType);
  return [...new Set([...known.filter(matchesPattern), ...fullTypes])];
}

/**
 * Returns whether to subscribe to the thin events of a type, and not to the snapshot events. A type that Stripe offers
 * in one form only is subscribed to in that form. Any other type is thin if it belongs to API v2, if `event_types`
 * selects it with the prefix `v1.`, or if `event_payload` is `thin`.
 */
function isThinSubscription(type: string, { eventTypes, eventPayload }: EventSettings, offered: OfferedTypes): boolean {
  const hasSnapshot = offered.snapshot.has(type);
  const hasThin = offered.thin.has(thinType(type));
  if (hasSnapshot !== hasThin) return hasThin;
  const isSelectedAsThin = eventTypes.some(
    (selector) => selector.startsWith('v1.') && matchesEventTypes(thinType(type), [selector]),
  );
  return type.startsWith('v2.') || isSelectedAsThin || eventPayload === 'thin';
}

/** Returns all event types of the catalog. */
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
