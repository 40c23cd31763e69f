import type { StripeEvent } from './event.ts';
import { accountOf, subjectOf } from './event.ts';
import { eventId } from '../http/cloud-event.ts';
import { isObject } from '../is-object.ts';

/**
 * How Stripe delivers an event. `snapshot`: an event of API v1 with the object as it was. `thin`: an event of API v2
 * about an object of API v1, which only names the object. `v2`: an event of API v2 about an object of API v2, thin too.
 * https://docs.stripe.com/events/how-events-work
 */
export type Family = 'snapshot' | 'thin' | 'v2';

/** Prefix of thin events about objects of API v1. https://docs.stripe.com/webhooks/migrate-snapshot-to-thin-events */
const V1 = 'v1.';

export function familyOf({ object, type }: Pick<StripeEvent, 'object' | 'type'>): Family {
  if (object === 'event') return 'snapshot';
  return type.startsWith(V1) ? 'thin' : 'v2';
}

/** Returns the type that all families share: `v1.customer.created` is `customer.created`. */
export function sharedType(type: string): string {
  return type.startsWith(V1) ? type.slice(V1.length) : type;
}

/**
 * Returns whether an event type matches: `invoice.paid` and `v1.invoice.paid` match `*`, `invoice.*`, `invoice.paid`
 * and `v1.invoice.paid`. Only `v1.invoice.paid` matches `v1.*`.
 */
export function isOfTypes(type: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (name) => isSelectedBy(type, name) || (name !== `${V1}*` && isSelectedBy(sharedType(type), sharedType(name))),
  );
}

function isSelectedBy(type: string, name: string): boolean {
  return name === '*' || name === type || (name.endsWith('.*') && type.startsWith(name.slice(0, -1)));
}

/**
 * Returns a key that the events of one change share, whichever family brings them: account, object, type and the
 * request that caused it. A change without a request is keyed by its snapshot event, which a thin event names.
 * https://docs.stripe.com/api/v2/core/events/object#v2_event_object-snapshot_event
 */
export function changeKeyOf(event: StripeEvent, ownAccount: string | undefined): string {
  const { id = '' } = subjectOf(event);
  const cause = causingRequest(event) ?? event.snapshot_event ?? event.id;
  return eventId('change', accountOf(event) ?? ownAccount ?? '', id, sharedType(event.type), cause);
}

/** Returns the id of the request that caused an event. Before API version 2017-05-25 it is the text `request`. */
function causingRequest({ request, reason }: StripeEvent): string | undefined {
  const cause = isObject(reason) ? reason['request'] : request;
  const id = isObject(cause) ? cause['id'] : cause;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
