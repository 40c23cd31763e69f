import { ConnectorError, isConnectorError } from '../errors.ts';
import { isObject } from '../is-object.ts';
import type { StripeObject, StripeRequest } from './transport.ts';
import type { CallContext } from './call-context.ts';
import type { StripeClient } from './client.ts';

/**
 * Yields the objects of a list in Stripe's order, newest first, in pages of 100. Reads at most `mostPages` pages. The
 * cursor is the last object with an id, so an object without one does not end the list silently.
 */
export async function* listAll<T>(
  stripe: StripeClient,
  list: Pick<StripeRequest, 'path' | 'params' | 'account'>,
  call: CallContext,
  mostPages = Infinity,
): AsyncGenerator<T> {
  let after: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const params = { ...list.params, limit: 100, starting_after: after };
    const { body } = await stripe.request({ ...list, method: 'GET', params }, call);
    const page: unknown = body['data'];
    if (!Array.isArray(page)) throw unreadablePage();
    yield* page as T[];
    if (body['has_more'] !== true) return;
    const before = after;
    after = page.map(listedId).findLast((id) => id !== undefined);
    if (after === undefined || after === before) throw endless(list.path);
  }
}

/**
 * The objects of a list of API v2, page by page of a hundred. Its pages are found by the token in `next_page_url`.
 * https://docs.stripe.com/api-v2-overview#list-pagination
 */
export async function* listAllV2<T>(
  stripe: StripeClient,
  list: Pick<StripeRequest, 'path' | 'params' | 'account'>,
  call: CallContext,
): AsyncGenerator<T> {
  let page: string | undefined;
  for (;;) {
    const params = { ...list.params, limit: 100, ...(page === undefined ? {} : { page }) };
    const { body } = await stripe.request({ ...list, method: 'GET', params }, call);
    const data: unknown = body['data'];
    if (!Array.isArray(data)) throw unreadablePage();
    yield* data as T[];
    const next = nextPageOf(body);
    if (next === undefined) return;
    if (next === page) throw endless(list.path);
    page = next;
  }
}

/** The token of the next page in a list of API v2 or of the Search API. */
export function nextPageOf(body: StripeObject): string | undefined {
  const { next_page: token, next_page_url: url, has_more: more } = body;
  if (typeof url === 'string') return new URL(url, 'http://stripe').searchParams.get('page') ?? undefined;
  return more === true && typeof token === 'string' ? token : undefined;
}

export interface List {
  readonly data: readonly StripeObject[];
  readonly hasMore: boolean;
}

/** A response to a list. Any other body is an error, not an empty list. https://docs.stripe.com/api/pagination */
export function listIn(body: StripeObject): List {
  const data: unknown = body['data'];
  if (!Array.isArray(data) || !data.every(isStripeObject)) throw unreadablePage();
  return { data, hasMore: body['has_more'] === true };
}

export function isStripeObject(value: unknown): value is StripeObject {
  return isObject(value);
}

export function unreadablePage(): ConnectorError {
  return new ConnectorError('UNAVAILABLE', "Stripe's list could not be read", { reason: 'STRIPE_INVALID_RESPONSE' });
}

/** The id of a list item of any type. */
export function listedId(value: unknown): string | undefined {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function endless(path: string): ConnectorError {
  return new ConnectorError(
    'UNAVAILABLE',
    `Stripe's list ${path} has more rows, but no address of the next page; retry the call`,
    {
      reason: 'STRIPE_INVALID_RESPONSE',
    },
  );
}

/** The current state of an object; `gone` if it was deleted or never existed. */
export async function retrieveOrGone(
  stripe: StripeClient,
  request: StripeRequest,
  call: CallContext,
): Promise<StripeObject | 'gone'> {
  const kept = await keptObject(stripe, request, call);
  return kept === undefined || kept['deleted'] === true ? 'gone' : kept;
}

/**
 * Stripe's message for an object of the other mode, live or test. It exists, but not for this key: a live Connect endpoint
 * gets the events of test mode too. https://docs.stripe.com/connect/webhooks, https://github.com/dj-stripe/dj-stripe/issues/445
 */
const OTHER_MODE = /similar object exists in (?:test|live) mode/;

/**
 * The current state of an object. Stripe keeps a deleted customer with `deleted: true`. Undefined if Stripe does not know
 * the object. https://docs.stripe.com/api/customers/retrieve
 */
export async function keptObject(
  stripe: StripeClient,
  request: StripeRequest,
  call: CallContext,
): Promise<StripeObject | undefined> {
  try {
    return (await stripe.request(request, call)).body;
  } catch (error) {
    const isMissing = isConnectorError(error) && error.details.stripe?.code === 'resource_missing';
    if (isMissing && !OTHER_MODE.test(error.message)) return undefined;
    throw error;
  }
}
