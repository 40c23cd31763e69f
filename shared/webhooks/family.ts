import { isThinType, sharedType } from '../config/event-type.ts';
import type { StripeEvent } from './event.ts';
import { accountOf, subjectOf } from './event.ts';
import type { EventAttributes } from '../event-inbox/event-message.ts';
import { changeKey } from '../http/cloud-event.ts';
import { isObject } from '../is-object.ts';

export { matchesEventTypes, sharedType } from '../config/event-type.ts';

/**
 * How Stripe delivers an event. `snapshot`: an event of API v1 with the object as it was. `thin`: an event of API v2
 * that only names its object, which is an object of API v1. `v2`: an event of API v2 that only names its object, which
 * is an object of API v2. https://docs.stripe.com/events/how-events-work
 */
export type Family = EventAttributes['family'];

export function familyOf({ object, type }: Pick<StripeEvent, 'object' | 'type'>): Family {
  if (object === 'event') return 'snapshot';
  return isThinType(type) ? 'thin' : 'v2';
}

/**
 * Returns a key that the snapshot event and the thin event of one change share. It contains the account, the object, the
 * type and the request that caused the change. Without a request it contains the id of the snapshot event, which the thin
 * event names.
 * https://docs.stripe.com/api/v2/core/events/object#v2_event_object-snapshot_event
 */
export function changeKeyOf(event: StripeEvent, ownAccount: string | undefined): string {
  const { id: objectId = '' } = subjectOf(event);
  const cause = causingRequest(event) ?? event.snapshot_event ?? event.id;
  return changeKey({ account: accountOf(event) ?? ownAccount ?? '', objectId, type: sharedType(event.type), cause });
}

/** Returns the id of the request that caused an event. Before API version 2017-05-25 `request` itself is the id. */
function causingRequest({ request, reason }: StripeEvent): string | undefined {
  const cause = isObject(reason) ? reason['request'] : request;
  const id = isObject(cause) ? cause['id'] : cause;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
