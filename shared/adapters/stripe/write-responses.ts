/**
 * Checks that a 2xx response to a write comes from Stripe, so that a gateway's own 2xx (JSON of a login page, an empty
 * list) is not a success. A test compares the rules with the catalog. If the path does not show the object type, any Stripe
 * object is accepted. https://docs.stripe.com/api/customers/create, https://docs.stripe.com/api/customers/delete
 */
import type { StripeObject, StripeRequest } from '../../stripe/transport.ts';

/** DELETE requests that return the object in its final state: a canceled subscription, a detached source. */
const LEAVES_OBJECT = /^\/v1\/(?:subscriptions|ephemeral_keys|customers\/[^/]+\/sources)\/[^/]+$/;

/**
 * The path of a collection or of one object in it. The collection's name is the object type in the plural. A second
 * segment of lower-case letters may be a namespace, so it is not an id.
 */
const COLLECTION = /^\/v1\/([a-z_]+)(?:\/(?![a-z_]+$)[^/]+)?$/;

/**
 * Returns whether the body of a 2xx can be Stripe's response to the request. For a read any body is accepted, because a
 * read has no effect.
 */
export function isAnswerTo({ method, path }: Pick<StripeRequest, 'method' | 'path'>, body: StripeObject): boolean {
  if (method === 'GET') return true;
  const { id, object, deleted } = body;
  if (!path.startsWith('/v1/')) return typeof id === 'string' || typeof object === 'string';
  if (method === 'DELETE' && deleted !== true && !LEAVES_OBJECT.test(path)) return false;
  // A deletion may return `deleted` only.
  if (object === undefined) return method === 'DELETE' && deleted === true;
  if (id !== undefined && id !== null && (typeof id !== 'string' || id === '')) return false;
  return typeof object === 'string' && object !== 'list' && isKindOf(path, object);
}

/** Returns whether an object type fits the collection that a path names. */
function isKindOf(path: string, object: string): boolean {
  const [, collection] = COLLECTION.exec(path) ?? [];
  return collection === undefined || object === collection || `${object}s` === collection;
}
