/**
 * DELETEs that a repeat could apply to a newer object. API v1 takes no idempotency key on a DELETE. If Stripe generated
 * the id in the path, the id is never used again. In the paths of this file a newer object can have the same path: the
 * discount of a customer, or an object whose id its owner chose.
 * https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/api/discounts/delete
 */
import { ConnectorError } from '../errors.ts';
import type { StripeObject, StripeRequest } from './transport.ts';
import type { CallContext } from './call-context.ts';
import { retrieveOrGone } from './paginate.ts';
import type { StripeClient } from './client.ts';

/** Every DELETE of the catalog whose path ends without an id, and of entities that are created with an `id`. */
const OWN_ID = /^\/v1\/(coupon|plan|product)s\/([^/]+)$/;
const DISCOUNT = /^\/v1\/(customer|subscription)s\/([^/]+)\/discount$/;

/** Maximum difference in seconds between Stripe's clock and the store's. Both have whole seconds. */
export const SKEW_S = 5;

export function isReusedName({ method, path }: Pick<StripeRequest, 'method' | 'path'>): boolean {
  return method === 'DELETE' && (OWN_ID.test(path) || DISCOUNT.test(path));
}

/** Returns whether an event reports the deletion that a path requested. https://docs.stripe.com/api/events/types */
export function tellsDeletion(path: string, type: string | undefined, object: StripeObject): boolean {
  const [, kind, id] = OWN_ID.exec(path) ?? [];
  if (id !== undefined) return type === `${kind}.deleted` && object['id'] === decodeURIComponent(id);
  const [, owners, owner] = DISCOUNT.exec(path) ?? [];
  if (owner === undefined || type !== 'customer.discount.deleted') return false;
  const subscription = referencedId(object['subscription']);
  if (owners === 'subscription') return subscription === owner;
  return typeof subscription !== 'string' && referencedId(object['customer']) === owner;
}

/** The last part of a path: an id or an action. */
export function lastSegment(path: string): string {
  return decodeURIComponent(path.split('/').at(-1) ?? '');
}

function referencedId(reference: unknown): unknown {
  return typeof reference === 'object' && reference !== null ? (reference as StripeObject)['id'] : reference;
}

/** True if the object at the path is older than the first attempt: the attempts had no effect. */
export async function stillStands(
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
  const now = await retrieveOrGone(stripe, read, call);
  if (now === 'gone' || referencedId(now) !== lastSegment(read.path)) return false;
  const begun = isDiscount ? discountsOf(now).map((discount) => discount['start']) : [now['created']];
  const before = firstUs / 1_000_000 - SKEW_S;
  return begun.length > 0 && begun.every((since) => typeof since === 'number' && since < before);
}

function discountsOf({ discount, discounts }: StripeObject): StripeObject[] {
  const all = [discount ?? [], discounts ?? []].flat();
  // A reference that is not expanded has no time.
  return all.map((value) => (typeof value === 'object' ? (value as StripeObject) : {}));
}

/** The DELETE is not repeated, because it could delete a newer object. */
export function unsettledDelete(): ConnectorError {
  const error = new ConnectorError(
    'FAILED_PRECONDITION',
    'whether an earlier try of this DELETE took effect is not known, and what it named is gone or newer: nothing is sent again. Look at the object at Stripe, then settle the operation by stripe-connector operations resolve',
    { reason: 'DELETE_UNSETTLED', retryable: false },
  );
  error.effect = 'unknown';
  return error;
}
