/**
 * DELETE requests that, if they were repeated, could delete a newer object with the same path: the DELETE of a
 * discount, or of an object whose id its owner chose. API v1 accepts no idempotency key for a DELETE. An id that Stripe
 * generated is never used again. https://docs.stripe.com/api/idempotent_requests,
 * https://docs.stripe.com/api/discounts/delete
 */
import { ConnectorError } from '../errors.ts';
import type { StripeObject, StripeRequest } from './transport.ts';
import type { CallContext } from './call-context.ts';
import { retrieveOrGone } from './paginate.ts';
import type { StripeClient } from './client.ts';

/** Paths of objects whose owner can choose the id when creating them. */
const CHOSEN_ID = /^\/v1\/(coupon|plan|product)s\/([^/]+)$/;
const DISCOUNT = /^\/v1\/(customer|subscription)s\/([^/]+)\/discount$/;

/** Assumed maximum difference in seconds between Stripe's clock and the store's. */
export const SKEW_S = 5;

/** Returns whether a request is a DELETE of a path that a newer object can have. */
export function deletesReusablePath({ method, path }: Pick<StripeRequest, 'method' | 'path'>): boolean {
  return method === 'DELETE' && (CHOSEN_ID.test(path) || DISCOUNT.test(path));
}

/**
 * Returns whether an event reports the deletion of the object at a path. `type` and `object` are those of the event.
 * https://docs.stripe.com/api/events/types
 */
export function reportsDeletion(path: string, type: string | undefined, object: StripeObject): boolean {
  const [, kind, id] = CHOSEN_ID.exec(path) ?? [];
  if (id !== undefined) return type === `${kind}.deleted` && object['id'] === decodeURIComponent(id);
  const [, ownerType, owner] = DISCOUNT.exec(path) ?? [];
  if (owner === undefined || type !== 'customer.discount.deleted') return false;
  const subscription = referencedId(object['subscription']);
  if (ownerType === 'subscription') return subscription === owner;
  return typeof subscription !== 'string' && referencedId(object['customer']) === owner;
}

/** Returns the last part of a path: an id or an action. */
export function lastSegment(path: string): string {
  return decodeURIComponent(path.split('/').at(-1) ?? '');
}

/** Returns the id of a reference, which Stripe sends as an id or as the expanded object. */
function referencedId(reference: unknown): unknown {
  return typeof reference === 'object' && reference !== null ? (reference as StripeObject)['id'] : reference;
}

/**
 * Returns whether the object at the path is older than the first attempt, which was at `firstUs`. If it is, no attempt
 * has deleted it. False if the object is gone or its age is unknown.
 */
export async function isOlderObject(
  stripe: StripeClient,
  request: StripeRequest,
  firstUs: number,
  call: CallContext,
): Promise<boolean> {
  const { path, account } = request;
  const isDiscount = DISCOUNT.test(path);
  const read: StripeRequest = {
    method: 'GET',
    path: isDiscount ? path.slice(0, path.lastIndexOf('/')) : path,
    params: path.startsWith('/v1/subscriptions/') ? { expand: ['discounts'] } : {},
    account,
  };
  const current = await retrieveOrGone(stripe, read, call);
  if (current === 'gone' || referencedId(current) !== lastSegment(read.path)) return false;
  const startTimes = isDiscount ? discountsOf(current).map((discount) => discount['start']) : [current['created']];
  const limitS = firstUs / 1_000_000 - SKEW_S;
  return startTimes.length > 0 && startTimes.every((since) => typeof since === 'number' && since < limitS);
}

/** Returns the discounts of a customer or a subscription. */
function discountsOf({ discount, discounts }: StripeObject): StripeObject[] {
  const all = [discount ?? [], discounts ?? []].flat();
  // A reference that is not expanded has no start time.
  return all.map((value) => (typeof value === 'object' ? (value as StripeObject) : {}));
}

/** Returns the error for a DELETE that is not repeated, because it could delete a newer object. */
export function unresolvedDelete(): ConnectorError {
  const error = new ConnectorError(
    'FAILED_PRECONDITION',
    'it is not known whether an earlier attempt of this DELETE took effect, and the object is deleted now or newer than that attempt, so nothing was sent; check the object at Stripe, then resolve the operation with stripe-connector operations resolve',
    { reason: 'DELETE_UNSETTLED', retryable: false },
  );
  error.effect = 'unknown';
  return error;
}
