/**
 * API v1 takes no idempotency key on a DELETE, so that a repeat has an effect of its own. Where the path ends in an id that
 * Stripe made, what is gone stays gone. Here another object may stand under the same path by then, and would go as well: the
 * discount of a customer, or an object whose id its owner chose.
 * https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/api/discounts/delete
 */
import { ConnectorError } from '../errors.ts';
import type { StripeObject, StripeRequest } from './transport.ts';
import type { CallContext } from './call-context.ts';
import { retrieveOrGone } from './paginate.ts';
import type { StripeClient } from './client.ts';

/** Catalogue: every DELETE whose path has no id of its own, and those of entities that are created with an `id`. */
const OWN_ID = /^\/v1\/(coupon|plan|product)s\/([^/]+)$/;
const DISCOUNT = /^\/v1\/(customer|subscription)s\/([^/]+)\/discount$/;

/** Seconds that Stripe's clock and the store's may differ, each in whole seconds. */
export const SKEW_S = 5;

export function isReusedName({ method, path }: Pick<StripeRequest, 'method' | 'path'>): boolean {
  return method === 'DELETE' && (OWN_ID.test(path) || DISCOUNT.test(path));
}

/** The event that tells that what stood under the path was deleted. https://docs.stripe.com/api/events/types */
export function tellsDeletion(path: string, type: string | undefined, object: StripeObject): boolean {
  const [, kind, id] = OWN_ID.exec(path) ?? [];
  if (id !== undefined) return type === `${kind}.deleted` && object['id'] === decodeURIComponent(id);
  const [, owners, owner] = DISCOUNT.exec(path) ?? [];
  if (owner === undefined || type !== 'customer.discount.deleted') return false;
  const subscription = idOf(object['subscription']);
  if (owners === 'subscription') return subscription === owner;
  return typeof subscription !== 'string' && idOf(object['customer']) === owner;
}

/** What a path names: its id, or its action. */
export function lastSegment(path: string): string {
  return decodeURIComponent(path.split('/').at(-1) ?? '');
}

function idOf(reference: unknown): unknown {
  return typeof reference === 'object' && reference !== null ? (reference as StripeObject)['id'] : reference;
}

/** Whether what stands under the path has stood there since before the first try: the tries had no effect. */
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
    ...(account === undefined ? {} : { account }),
  };
  const now = await retrieveOrGone(stripe, read, call);
  if (now === 'gone' || idOf(now) !== lastSegment(read.path)) return false;
  const begun = isDiscount ? discountsOf(now).map((discount) => discount['start']) : [now['created']];
  const before = firstUs / 1_000_000 - SKEW_S;
  return begun.length > 0 && begun.every((since) => typeof since === 'number' && since < before);
}

function discountsOf({ discount, discounts }: StripeObject): StripeObject[] {
  const all = [discount ?? [], discounts ?? []].flat();
  // One that is not expanded tells no time.
  return all.map((value) => (typeof value === 'object' ? (value as StripeObject) : {}));
}

/** No repeat is sent: it could delete what was made since. */
export function unsettledDelete(): ConnectorError {
  const error = new ConnectorError(
    'FAILED_PRECONDITION',
    'whether an earlier try of this DELETE took effect is not known, and what it named is gone or newer: nothing is sent again. Look at the object at Stripe, then settle the operation by npm run operations -- resolve',
    { reason: 'DELETE_UNSETTLED', retryable: false },
  );
  error.effect = 'unknown';
  return error;
}
