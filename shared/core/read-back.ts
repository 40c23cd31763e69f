import type { Period } from '../idempotency/operation.ts';
import type { StripeObject, StripeRequest } from '../ports/stripe.ts';
import type { Call } from './call.ts';
import { objectNow, objectsOf } from './objects-of.ts';
import type { Door } from './run.ts';

const SECOND_US = 1_000_000;
/** Seconds around the tries in which their events are looked for. */
const MARGIN_S = 120;
/** Pages of a hundred events that are looked through at most. */
const MOST_PAGES = 50;

/** What Stripe's events tell of a request. https://docs.stripe.com/api/events/object */
interface StripeEvent {
  readonly id: string;
  readonly request?: { readonly idempotency_key?: string | null } | null;
  readonly data?: { readonly object?: StripeObject };
}

/**
 * What became of a write whose answer never came, where Stripe shows it: a deleted object is gone, and every event names
 * the idempotency key of the request that caused it (kept for 30 days). Undefined where nobody can tell.
 */
export async function readBack(
  door: Door,
  request: StripeRequest,
  key: string,
  period: Period,
  call: Call,
): Promise<StripeObject | undefined> {
  const { method, path, account } = request;
  const own = account === undefined ? {} : { account };
  if (method === 'DELETE') {
    const now = await objectNow(door, { method: 'GET', path, params: {}, ...own }, call);
    return now === 'gone' ? { id: decodeURIComponent(path.split('/').at(-1) ?? ''), deleted: true } : undefined;
  }
  const events = { path: '/v1/events', params: { created: around(period) }, ...own };
  for await (const event of objectsOf<StripeEvent>(door, events, call, MOST_PAGES)) {
    const object = event.data?.object;
    if (event.request?.idempotency_key === key && object !== undefined && isAnswerOf(request, object)) return object;
  }
  return undefined;
}

/** Unix seconds in which the events of the tries lie. */
function around({ firstUs, lastUs }: Period): { readonly gte: number; readonly lte: number } {
  return { gte: Math.floor(firstUs / SECOND_US) - MARGIN_S, lte: Math.ceil(lastUs / SECOND_US) + MARGIN_S };
}

/** A request has events of several objects: the one that it answers stands in its path, or is of its collection. */
function isAnswerOf({ path }: StripeRequest, object: StripeObject): boolean {
  const { id, object: kind } = object;
  if (typeof id === 'string' && path.split('/').includes(encodeURIComponent(id))) return true;
  return typeof kind === 'string' && path.endsWith(`/${kind.replace('.', '/')}s`);
}
