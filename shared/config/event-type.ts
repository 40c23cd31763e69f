/**
 * Pattern of Stripe's event types: `invoice.paid`, `v2.core.account[configuration.merchant].capability_status_updated`.
 * https://docs.stripe.com/api/events/types, https://docs.stripe.com/api/v2/core/accounts/event-types
 */
export const EVENT_TYPE = /^[a-z][A-Za-z0-9_.[\]-]{0,199}$/;

/** Pattern of an item of `event_types`: a type, a prefix with `.*`, or `*` for all. */
export const EVENT_TYPES = /^(?:\*|[a-z][A-Za-z0-9_.[\]-]{0,199}(?:\.\*)?)$/;

/**
 * Prefix of the types of thin events about objects of API v1.
 * https://docs.stripe.com/webhooks/migrate-snapshot-to-thin-events
 */
const V1_PREFIX = 'v1.';

/**
 * Returns whether an event type has the prefix `v1.`, and is thus the type of a thin event about an object of API v1.
 */
export function isThinType(type: string): boolean {
  return type.startsWith(V1_PREFIX);
}

/**
 * Returns the form of an event type that thin events have: `customer.created` -> `v1.customer.created`. A type of API
 * v2 is returned unchanged.
 */
export function thinType(type: string): string {
  return type.startsWith('v2.') ? type : `${V1_PREFIX}${sharedType(type)}`;
}

/** Returns the type without the prefix of thin events: `v1.customer.created` -> `customer.created`. */
export function sharedType(type: string): string {
  return type.startsWith(V1_PREFIX) ? type.slice(V1_PREFIX.length) : type;
}

/**
 * Returns whether an event type matches one of the selectors. The prefix `v1.` of the type and of the selector is
 * ignored: `invoice.paid` and `v1.invoice.paid` match `*`, `invoice.*`, `invoice.paid` and `v1.invoice.paid`. The
 * exception is the selector `v1.*`, which matches only types with the prefix.
 */
export function matchesEventTypes(type: string, selectors: readonly string[]): boolean {
  return selectors.some(
    (selector) =>
      isSelectedBy(type, selector) ||
      (selector !== `${V1_PREFIX}*` && isSelectedBy(sharedType(type), sharedType(selector))),
  );
}

function isSelectedBy(type: string, selector: string): boolean {
  return selector === '*' || selector === type || (selector.endsWith('.*') && type.startsWith(selector.slice(0, -1)));
}
