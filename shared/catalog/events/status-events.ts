import { enumeration, type Entity } from '../types.ts';
import { ACCOUNT_STATUSES } from './account-statuses.ts';
import { BILLING_STATUSES } from './billing-statuses.ts';
import { PAYMENT_STATUSES } from './payment-statuses.ts';

/**
 * The event types that report the status of an object. The outer key is Stripe's name of the object (`payout`). For
 * `CustomerSource` the outer key is the name of the entity, because its objects (cards, bank accounts) also belong to
 * other entities, whose events differ. The inner key is an event type. A key without a dot is appended to the name of
 * the object: `created` of `payout` is `payout.created`. The value has the statuses that the object may have when
 * Stripe sends the event, separated by spaces, or `*` for any status. `deleted` is the status of an object that no
 * longer exists. Event types that Stripe sends without a change of status (`charge.refunded`, `invoice.overdue`) are
 * not listed, because they do not show that an object has reached a status.
 *
 * Source of the event types: the first two pages below, which the types of the `stripe` package repeat. These pages
 * state the status for some event types only. For the others, such as `payout.created`, the statuses are derived from
 * the life cycle that Stripe's page of the object describes.
 * https://docs.stripe.com/api/events/types, https://docs.stripe.com/api/v2/core/events/event-types
 * https://docs.stripe.com/payments/paymentintents/lifecycle, https://docs.stripe.com/billing/subscriptions/overview
 */
export type StatusEvents = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The status that the connector gives to an object whose `deleted` event has arrived. Stripe has no such status. */
export const DELETED_STATUS = 'deleted';
const ANY_STATUS = '*';
const STATUSES_BY_EVENT: StatusEvents = { ...PAYMENT_STATUSES, ...BILLING_STATUSES, ...ACCOUNT_STATUSES };

/**
 * Returns the statuses that Stripe documents for an entity. If the field `status` has no enumeration, returns the
 * statuses that the events of the entity report, without `deleted`. Empty for an entity without the field.
 */
export function documentedStatuses(entity: Entity): readonly string[] {
  const listed = (enumeration(entity.fields['status']?.type) ?? []).map(String);
  if (listed.length > 0 || entity.fields['status'] === undefined) return listed;
  const reported = Object.values(statusesByEvent(entity)).flatMap((statuses) => statuses.split(' '));
  return [...new Set(reported)].filter((status) => status !== DELETED_STATUS).sort();
}

/** Returns the types of the events that report this status of an entity, without the prefix `v1.` of thin events. */
export function eventsOfStatus(entity: Entity, status: string): readonly string[] {
  const { object } = entity;
  // Stripe writes issuing_card.updated for issuing.card.
  const prefix = (object ?? '').replace(/^issuing\./, 'issuing_');
  return Object.entries(statusesByEvent(entity))
    .filter(
      ([, statuses]) => statuses.split(' ').includes(status) || (statuses === ANY_STATUS && status !== DELETED_STATUS),
    )
    .map(([type]) => (type.includes('.') ? type : `${prefix}.${type}`));
}

function statusesByEvent({ entity, object }: Entity): Readonly<Record<string, string>> {
  return STATUSES_BY_EVENT[entity] ?? STATUSES_BY_EVENT[object ?? ''] ?? {};
}
