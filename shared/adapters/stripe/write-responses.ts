/**
 * What Stripe can answer to a write, so that a gateway's own 2xx (a login page's JSON, an empty list) is no success. Held to
 * the catalogue by a test; where that does not tell one word, any object of Stripe's is taken.
 * https://docs.stripe.com/api/customers/create, https://docs.stripe.com/api/customers/delete
 */
import type { StripeObject, StripeRequest } from '../../stripe/transport.ts';

/** A DELETE that answers the object as it is left: a subscription is canceled, a source is detached. */
const LEAVES_OBJECT = /^\/v1\/(?:subscriptions|ephemeral_keys|customers\/[^/]+\/sources)\/[^/]+$/;

/** A collection, or what an id names in it: its word is the object's. What may be a word of a namespace is no id here. */
const COLLECTION = /^\/v1\/([a-z_]+)(?:\/(?![a-z_]+$)[^/]+)?$/;

/** Whether the body of a 2xx can be Stripe's answer to the request. Of reads all is taken: they have no effect. */
export function isAnswerTo({ method, path }: Pick<StripeRequest, 'method' | 'path'>, body: StripeObject): boolean {
  if (method === 'GET') return true;
  const { id, object, deleted } = body;
  if (!path.startsWith('/v1/')) return typeof id === 'string' || typeof object === 'string';
  if (method === 'DELETE' && deleted !== true && !LEAVES_OBJECT.test(path)) return false;
  // What is deleted may be told by that alone.
  if (object === undefined) return method === 'DELETE' && deleted === true;
  if (id !== undefined && id !== null && (typeof id !== 'string' || id === '')) return false;
  return typeof object === 'string' && object !== 'list' && isKindOf(path, object);
}

function isKindOf(path: string, object: string): boolean {
  const [, collection] = COLLECTION.exec(path) ?? [];
  return collection === undefined || object === collection || `${object}s` === collection;
}
