import { isConnectorError } from '../errors.ts';
import type { Period } from '../idempotency/operation.ts';
import type { StripeObject, StripeRequest } from '../ports/stripe.ts';
import type { Call } from './call.ts';
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
  if (request.method === 'DELETE') return isGone(door, request, call);
  for await (const event of eventsOf(door, request, period, call)) {
    const object = event.data?.object;
    if (event.request?.idempotency_key === key && object !== undefined && isAnswerOf(request, object)) return object;
  }
  return undefined;
}

async function isGone(door: Door, { path, account }: StripeRequest, call: Call): Promise<StripeObject | undefined> {
  const gone = { id: decodeURIComponent(path.split('/').at(-1) ?? ''), deleted: true };
  try {
    const { body } = await door.run({ method: 'GET', path, params: {}, ...accountOf(account) }, call);
    return body['deleted'] === true ? gone : undefined;
  } catch (error) {
    if (isConnectorError(error) && error.facts.stripe?.code === 'resource_missing') return gone;
    throw error;
  }
}

async function* eventsOf(
  door: Door,
  { account }: StripeRequest,
  { firstUs, lastUs }: Period,
  call: Call,
): AsyncGenerator<StripeEvent> {
  const created = {
    gte: Math.floor(firstUs / SECOND_US) - MARGIN_S,
    lte: Math.ceil(lastUs / SECOND_US) + MARGIN_S,
  };
  let after: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const params = { created, limit: 100, ...(after === undefined ? {} : { starting_after: after }) };
    const { body } = await door.run({ method: 'GET', path: '/v1/events', params, ...accountOf(account) }, call);
    const events = (body['data'] ?? []) as readonly StripeEvent[];
    yield* events;
    after = events.at(-1)?.id;
    if (body['has_more'] !== true || after === undefined) return;
  }
}

/** A request has events of several objects: the one that it answers stands in its path, or is of its collection. */
function isAnswerOf({ path }: StripeRequest, object: StripeObject): boolean {
  const { id, object: kind } = object;
  if (typeof id === 'string' && path.split('/').includes(encodeURIComponent(id))) return true;
  return typeof kind === 'string' && path.endsWith(`/${kind.replace('.', '/')}s`);
}

function accountOf(account: string | undefined): { account?: string } {
  return account === undefined ? {} : { account };
}
