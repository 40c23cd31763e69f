/**
 * Pattern of Stripe's event types: `invoice.paid`, `v2.core.account[configuration.merchant].capability_status_updated`.
 * https://docs.stripe.com/api/events/types, https://docs.stripe.com/api/v2/core/accounts/event-types
 */
export const EVENT_TYPE = /^[a-z][A-Za-z0-9_.[\]-]{0,199}$/;

/** Pattern of an item of `event_types`: a type, a prefix with `.*`, or `*` for all. */
export const EVENT_TYPES = /^(?:\*|[a-z][A-Za-z0-9_.[\]-]{0,199}(?:\.\*)?)$/;
