import { enumeration, type Entity } from '../types.ts';
import { ACCOUNT_STATUSES } from './account-statuses.ts';
import { BILLING_STATUSES } from './billing-statuses.ts';
import { PAYMENT_STATUSES } from './payment-statuses.ts';

/**
 * For each object (or entity, whose sources and bank accounts share their objects) the types of its events, each with the
 * statuses that the object may have when Stripe sends it, separated by spaces; `*` for any. A type without a dot follows
 * the name of the object. `deleted` is the status of an object that no longer exists. A type that Stripe sends without a
 * change of status (`charge.refunded`, `invoice.overdue`) has no row: waiting for it alone would end by chance.
 *
 * Each type and when it occurs are from the lists below, which the types of the `stripe` package repeat. They name a status
 * for some types only; for the others, such as `payout.created`, the statuses follow from the life cycle that the
 * object's page describes.
 * https://docs.stripe.com/api/events/types, https://docs.stripe.com/api/v2/core/events/event-types
 * https://docs.stripe.com/payments/paymentintents/lifecycle, https://docs.stripe.com/billing/subscriptions/overview
 */
export type StatusEvents = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The status that the connector gives to an object whose `deleted` event has arrived. Stripe has no such status. */
export const DELETED_STATUS = 'deleted';
const ANY_STATUS = '*';
const STATUSES_BY_EVENT: StatusEvents = { ...PAYMENT_STATUSES, ...BILLING_STATUSES, ...ACCOUNT_STATUSES };

/**
 * Returns the statuses that Stripe documents for an entity. If `status` has no enumeration, they are those of its
 * events.
 */
export function documentedStatuses(entity: Entity): readonly string[] {
  const listed = (enumeration(entity.fields['status']?.type) ?? []).map(String);
  if (listed.length > 0 || entity.fields['status'] === undefined) return listed;
  const reported = Object.values(statusesByEvent(entity)).flatMap((statuses) => statuses.split(' '));
  return [...new Set(reported)].filter((status) => status !== DELETED_STATUS).sort();
}

/** Returns the types of Stripe's events that report an entity's status, without the prefix of thin events. */
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
