import type { AttemptWindow } from './record/claim.ts';
import type { StripeObject, StripeRequest } from '../stripe/transport.ts';
import type { CallContext } from '../stripe/call-context.ts';
import { isStripeObject, keptObject, listAll, unreadablePage } from '../stripe/paginate.ts';
import { isReusedName, lastSegment, SKEW_S, tellsDeletion } from '../stripe/reused-names.ts';
import type { StripeClient } from '../stripe/client.ts';
import { SECOND_US } from '../ports/time-units.ts';

/** Seconds around the tries in which their events are looked for. */
const MARGIN_S = 120;
/** Pages of a hundred events that are looked through at most. */
const MAX_PAGES = 50;

/** What Stripe's events tell of a request. https://docs.stripe.com/api/events/object */
interface CausedEvent {
  readonly id: string;
  readonly type?: string;
  readonly request?: { readonly idempotency_key?: string | null } | null;
  readonly data?: { readonly object?: StripeObject };
}

/** When the tries were, microseconds. */
type Tries = Pick<AttemptWindow, 'firstUs' | 'lastUs'>;

/**
 * What became of a write whose answer never came, where Stripe shows it: an object that says that it is deleted, an event
 * that names the idempotency key of the request that caused it, or an event of the deletion (kept for 30 days). Undefined
 * where Stripe shows nothing: an object that is missing may never have been, or belong to another account.
 */
export async function recoverOutcome(
  stripe: StripeClient,
  request: StripeRequest,
  key: string | undefined,
  tries: Tries,
  call: CallContext,
): Promise<StripeObject | undefined> {
  const { method, path, account } = request;
  const own = account === undefined ? {} : { account };
  if (method === 'DELETE') {
    const kept = await keptObject(stripe, { method: 'GET', path, params: {}, ...own }, call);
    const id = lastSegment(path);
    if (kept?.['deleted'] === true && kept['id'] === id) return { id, deleted: true };
  }
  // What stood under the same name before is another object.
  const marginS = isReusedName(request) ? SKEW_S : MARGIN_S;
  const listed = { path: '/v1/events', params: { created: around(tries, marginS) }, ...own };
  const events = wholeEvents(listAll<unknown>(stripe, listed, call, MAX_PAGES));
  return method === 'DELETE' ? deletedIn(events, path) : answerIn(events, request, key);
}

/** What is no event may stand in place of the one that would tell. */
async function* wholeEvents(listed: AsyncIterable<unknown>): AsyncGenerator<CausedEvent> {
  for await (const event of listed) {
    if (!isStripeObject(event)) throw unreadablePage();
    yield event as unknown as CausedEvent;
  }
}

/** An event such as `coupon.deleted` of the object that the path names. https://docs.stripe.com/api/events/types */
async function deletedIn(events: AsyncIterable<CausedEvent>, path: string): Promise<StripeObject | undefined> {
  const id = lastSegment(path);
  const reused = isReusedName({ method: 'DELETE', path });
  for await (const { type, data: { object = {} } = {} } of events) {
    const told = reused
      ? tellsDeletion(path, type, object)
      : type?.endsWith('.deleted') === true && object['id'] === id;
    // Stripe answers the whole of a discount alone. https://docs.stripe.com/api/discounts/delete
    if (told) return { ...(object['object'] === 'discount' ? object : { id }), deleted: true };
  }
  return undefined;
}

/** The object that the request answers, by the events of its key. All are read: a failure may stand behind a success. */
async function answerIn(
  events: AsyncIterable<CausedEvent>,
  sent: StripeRequest,
  key: string | undefined,
): Promise<StripeObject | undefined> {
  let response: StripeObject | undefined;
  for await (const event of events) {
    if (key === undefined || event.request?.idempotency_key !== key) continue;
    // A payment that is declined has an object too: neither success nor failure of the request is shown.
    if (isFailure(event)) return undefined;
    const object = event.data?.object;
    if (object !== undefined && isAnswerOf(sent, object)) response ??= object;
  }
  return response;
}

/**
 * `payment_intent.payment_failed`, `charge.failed`, `setup_intent.setup_failed`, and an invoice whose payment needs the
 * customer: Stripe refuses the request to pay it. https://docs.stripe.com/api/events/types,
 * https://docs.stripe.com/error-codes#invoice-payment-intent-requires-action
 */
function isFailure({ type }: CausedEvent): boolean {
  return type !== undefined && /[._](?:failed|payment_action_required)$/.test(type);
}

/** Unix seconds in which the events of the tries lie, and those of `beforeS` before. */
function around({ firstUs, lastUs }: Tries, beforeS: number): { readonly gte: number; readonly lte: number } {
  return { gte: Math.floor(firstUs / SECOND_US) - beforeS, lte: Math.ceil(lastUs / SECOND_US) + MARGIN_S };
}

/**
 * A request has events of several objects: the one that it answers stands at the end of its path, or before its action,
 * or is of its collection. Before a collection (`/customers/cus_1/tax_ids`) stands a parent, which is another object.
 */
function isAnswerOf({ path }: StripeRequest, object: StripeObject): boolean {
  const { id, object: kind } = object;
  const [last = '', before] = path.split('/').reverse();
  const answered = [last, ...(last.endsWith('s') ? [] : [before])];
  if (typeof id === 'string' && answered.includes(encodeURIComponent(id))) return true;
  return typeof kind === 'string' && path.endsWith(`/${kind.replace('.', '/')}s`);
}
