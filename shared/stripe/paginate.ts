import { ConnectorError, isConnectorError } from '../errors.ts';
import { isObject } from '../is-object.ts';
import type { StripeObject, StripeRequest } from './transport.ts';
import type { CallContext } from './call-context.ts';
import type { StripeClient } from './client.ts';
import { isMissingObject } from './errors.ts';

/**
 * Yields the objects of a list in Stripe's order, usually newest first. It reads at most `maxPages` pages of 100
 * objects. The cursor is the last object of the page that has an id, so an object without an id does not end the list
 * early.
 */
export async function* listAll<T>(
  stripe: StripeClient,
  list: Pick<StripeRequest, 'path' | 'params' | 'account'>,
  call: CallContext,
  maxPages = Infinity,
): AsyncGenerator<T> {
  let after: string | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const params = { ...list.params, limit: 100, starting_after: after };
    const { body } = await stripe.request({ ...list, method: 'GET', params }, call);
    const page: unknown = body['data'];
    if (!Array.isArray(page)) throw unreadablePage();
    yield* page as T[];
    if (body['has_more'] !== true) return;
    const previous = after;
    after = page.map(listedId).findLast((id) => id !== undefined);
    if (after === undefined || after === previous) throw cursorStuck(list.path);
  }
}

/**
 * Yields the objects of a list of API v2, in pages of 100. The token of the next page is in `next_page_url`.
 * https://docs.stripe.com/api-v2-overview#list-pagination
 */
export async function* listAllV2<T>(
  stripe: StripeClient,
  list: Pick<StripeRequest, 'path' | 'params' | 'account'>,
  call: CallContext,
): AsyncGenerator<T> {
  let page: string | undefined;
  for (;;) {
    const params = { ...list.params, limit: 100, page };
    const { body } = await stripe.request({ ...list, method: 'GET', params }, call);
    const data: unknown = body['data'];
    if (!Array.isArray(data)) throw unreadablePage();
    yield* data as T[];
    const next = nextPageOf(body);
    if (next === undefined) return;
    if (next === page) throw cursorStuck(list.path);
    page = next;
  }
}

/** Returns the token of the next page in a list of API v2 or of the Search API. */
export function nextPageOf(body: StripeObject): string | undefined {
  const { next_page: token, next_page_url: url, has_more: more } = body;
  if (typeof url === 'string') return new URL(url, 'http://stripe').searchParams.get('page') ?? undefined;
  return more === true && typeof token === 'string' ? token : undefined;
}

/** One page of a list. */
export interface List {
  readonly data: readonly StripeObject[];
  readonly hasMore: boolean;
}

/** Parses the response to a list. Throws if it is not a list. https://docs.stripe.com/api/pagination */
export function listIn(body: StripeObject): List {
  const data: unknown = body['data'];
  if (!Array.isArray(data) || !data.every(isStripeObject)) throw unreadablePage();
  return { data, hasMore: body['has_more'] === true };
}

export function isStripeObject(value: unknown): value is StripeObject {
  return isObject(value);
}

/** Returns the error for a response that is not a list. */
export function unreadablePage(): ConnectorError {
  return new ConnectorError('UNAVAILABLE', "Stripe's list could not be read", { reason: 'STRIPE_INVALID_RESPONSE' });
}

/** Returns the id of a list item, or undefined if it has none. */
export function listedId(value: unknown): string | undefined {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** Returns the error for a list that has more rows but no new cursor. */
function cursorStuck(path: string): ConnectorError {
  return new ConnectorError(
    'UNAVAILABLE',
    `Stripe's list ${path} has more rows, but does not say where the next page starts; retry the call`,
    {
      reason: 'STRIPE_INVALID_RESPONSE',
    },
  );
}

/** Reads the current state of an object. Returns `gone` if it was deleted or never existed. */
export async function retrieveOrGone(
  stripe: StripeClient,
  request: StripeRequest,
  call: CallContext,
): Promise<StripeObject | 'gone'> {
  const object = await retrieveIfExists(stripe, request, call);
  return object === undefined || object['deleted'] === true ? 'gone' : object;
}

/**
 * Stripe's message if an object with this id exists in live mode but the key is a test key, or the reverse. A live
 * Connect endpoint also receives events of such objects. https://docs.stripe.com/connect/webhooks,
 * https://github.com/dj-stripe/dj-stripe/issues/445
 */
const OTHER_MODE = /similar object exists in (?:test|live) mode/;

/**
 * Reads the current state of an object. Returns undefined if Stripe has no object with this id, and throws if the
 * object exists in the other mode (`OTHER_MODE`). A deleted customer is still readable, with `deleted: true`.
 * https://docs.stripe.com/api/customers/retrieve
 */
export async function retrieveIfExists(
  stripe: StripeClient,
  request: StripeRequest,
  call: CallContext,
): Promise<StripeObject | undefined> {
  try {
    return (await stripe.request(request, { ...call, mayBeMissing: true })).body;
  } catch (error) {
    const isMissing = isConnectorError(error) && isMissingObject(error.details.stripe ?? {});
    if (isMissing && !OTHER_MODE.test(error.message)) return undefined;
    throw error;
  }
}
