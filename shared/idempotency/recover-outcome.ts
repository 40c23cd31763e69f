import type { AttemptWindow } from './record/claim.ts';
import type { StripeObject, StripeRequest } from '../stripe/transport.ts';
import type { CallContext } from '../stripe/call-context.ts';
import { isStripeObject, retrieveIfExists, listAll, unreadablePage } from '../stripe/paginate.ts';
import { deletesReusablePath, lastSegment, SKEW_S, reportsDeletion } from '../stripe/reused-names.ts';
import type { StripeClient } from '../stripe/client.ts';
import { SECOND_US } from '../ports/time-units.ts';

/**
 * Events are listed from this many seconds before the first attempt (`SKEW_S` for a reusable path) to this many after
 * the last one.
 */
const ATTEMPT_MARGIN_S = 120;
/** Maximum number of pages of 100 events to read. It bounds the requests of one lookup. */
const MAX_PAGES = 50;

/** The fields of an event that show the outcome of a request. https://docs.stripe.com/api/events/object */
interface CausedEvent {
  readonly id: string;
  readonly type?: string;
  readonly request?: { readonly idempotency_key?: string | null } | null;
  readonly data?: { readonly object?: StripeObject };
}

/** When the attempts were made, in microseconds. */
type AttemptTimes = Pick<AttemptWindow, 'firstUs' | 'lastUs'>;

/**
 * Looks up the outcome of a write whose response was lost.
 *
 * Stripe shows the outcome in one of three ways: the object has `deleted: true`; an event has the request's idempotency
 * key; or an event reports the deletion. A 404 proves nothing: the object may never have existed, or may belong to
 * another account. Stripe lists events for 30 days. https://docs.stripe.com/api/events
 *
 * @returns the object of the write; undefined if Stripe does not show the outcome
 */
export async function recoverOutcome(
  stripe: StripeClient,
  request: StripeRequest,
  idempotencyKey: string | undefined,
  attempts: AttemptTimes,
  call: CallContext,
): Promise<StripeObject | undefined> {
  const { method, path, account } = request;
  if (method === 'DELETE') {
    const current = await retrieveIfExists(stripe, { method: 'GET', path, params: {}, account }, call);
    const id = lastSegment(path);
    if (current?.['deleted'] === true && current['id'] === id) return { id, deleted: true };
  }
  // An object with a caller-chosen id, or a discount, may have been deleted and created again shortly before the
  // attempt. The margin is therefore only the clock skew.
  const marginS = deletesReusablePath(request) ? SKEW_S : ATTEMPT_MARGIN_S;
  const list = { path: '/v1/events', params: { created: createdRange(attempts, marginS) }, account };
  const events = parseEvents(listAll<unknown>(stripe, list, call, MAX_PAGES));
  return method === 'DELETE' ? findDeletion(events, path) : findResponse(events, request, idempotencyKey);
}

/**
 * Yields the events of a list. Throws for an item that is not an event, because it could be the one with the outcome.
 */
async function* parseEvents(items: AsyncIterable<unknown>): AsyncGenerator<CausedEvent> {
  for await (const event of items) {
    if (!isStripeObject(event)) throw unreadablePage();
    yield event as unknown as CausedEvent;
  }
}

/** Finds an event such as `coupon.deleted` for the object at the path. https://docs.stripe.com/api/events/types */
async function findDeletion(events: AsyncIterable<CausedEvent>, path: string): Promise<StripeObject | undefined> {
  const id = lastSegment(path);
  const isReusablePath = deletesReusablePath({ method: 'DELETE', path });
  for await (const { type, data: { object = {} } = {} } of events) {
    const isDeletion = isReusablePath
      ? reportsDeletion(path, type, object)
      : type?.endsWith('.deleted') === true && object['id'] === id;
    // Of the deleted objects, only a discount is returned completely. https://docs.stripe.com/api/discounts/delete
    if (isDeletion) return { ...(object['object'] === 'discount' ? object : { id }), deleted: true };
  }
  return undefined;
}

/**
 * Finds the object that the request returned, in the events with its idempotency key. It reads all events, because an
 * event of a failure may follow one of a success.
 */
async function findResponse(
  events: AsyncIterable<CausedEvent>,
  request: StripeRequest,
  idempotencyKey: string | undefined,
): Promise<StripeObject | undefined> {
  let response: StripeObject | undefined;
  for await (const event of events) {
    if (idempotencyKey === undefined || event.request?.idempotency_key !== idempotencyKey) continue;
    // Stripe keeps the object of a declined payment, whether it answered the request with the object or with an error.
    // After a failure event the object therefore proves nothing, and the outcome stays unknown.
    if (isFailure(event)) return undefined;
    const object = event.data?.object;
    if (object !== undefined && isResponseTo(request, object)) response ??= object;
  }
  return response;
}

/**
 * Matches `payment_intent.payment_failed`, `charge.failed`, `setup_intent.setup_failed`, and an invoice whose payment
 * needs an action of the customer, because Stripe rejects the request to pay such an invoice.
 * https://docs.stripe.com/api/events/types, https://docs.stripe.com/error-codes#invoice-payment-intent-requires-action
 */
function isFailure({ type }: CausedEvent): boolean {
  return type !== undefined && /[._](?:failed|payment_action_required)$/.test(type);
}

/** Returns the range of Unix seconds in which the events of the attempts were created. */
function createdRange(
  { firstUs, lastUs }: AttemptTimes,
  beforeS: number,
): { readonly gte: number; readonly lte: number } {
  return { gte: Math.floor(firstUs / SECOND_US) - beforeS, lte: Math.ceil(lastUs / SECOND_US) + ATTEMPT_MARGIN_S };
}

/**
 * Returns whether an object is the one that the request returns. A request can cause events of other objects too.
 *
 * The path names the object by its last segment (`/refunds/re_1`), by the segment before the action
 * (`/refunds/re_1/cancel`), or by its collection (`/refunds`). The id before a collection (`/customers/cus_1/tax_ids`)
 * is that of a parent.
 */
function isResponseTo({ path }: StripeRequest, object: StripeObject): boolean {
  const { id, object: objectType } = object;
  const [lastPart = '', previousPart = ''] = path.split('/').reverse();
  const candidates = lastPart.endsWith('s') ? [lastPart] : [lastPart, previousPart];
  if (typeof id === 'string' && candidates.includes(encodeURIComponent(id))) return true;
  return typeof objectType === 'string' && path.endsWith(`/${objectType.replace('.', '/')}s`);
}
