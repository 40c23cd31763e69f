/**
 * The one rule for the effect of a write: what the connector says of it, and what its record becomes.
 *
 * `none` is said only if nothing took effect and nothing is under way.
 * Source: https://docs.stripe.com/api/idempotent_requests ("We save results only after the execution of an endpoint
 * begins"). An error about parameters, the key, the account or the rate therefore does not settle an earlier attempt.
 */
import type { Effect, Evidence } from '../errors.ts';
import type { StripeFailure, StripeRequest, StripeResult } from './transport.ts';

/**
 * State of an operation record.
 *   received       nothing was sent under its key; the id is free
 *   calling        a call holds it until its lease ends
 *   succeeded      done; the outcome is stored
 *   failed         failed permanently, without effect; the id is free under a new key
 *   indeterminate  it may be done; only a repeat with the same key can tell
 */
export type RecordState = 'received' | 'calling' | 'succeeded' | 'failed' | 'indeterminate';

/**
 * What is known about a write before an event: its effect so far, or why it is unknown.
 *   in flight  another call holds the lease
 *   unread     the record could not be read
 */
export type PriorKnowledge = Effect | 'in flight' | 'unread';

/** What can happen to a write. `Evidence` is the response to one request, or its failure. */
export type EffectEvent =
  | Evidence
  /** The call ended before it claimed the record: bad input, a suspended connection, a failed claim. */
  | 'not attempted'
  /** The store failed when the outcome was recorded. */
  | 'not recorded'
  /** The object of a recorded outcome could not be read from Stripe. */
  | 'result unreadable'
  /** An object, an event or an operator shows that the write took effect. */
  | 'shown done'
  /** An operator, or every row of a clause, shows that the write had no effect. */
  | 'shown none'
  /** No row of a clause was changed, and rows remain. */
  | 'no row changed';

export interface EffectInput {
  readonly prior: PriorKnowledge;
  readonly event: EffectEvent;
  readonly method: StripeRequest['method'];
  /** The operation id was generated for this call, so no earlier call can have used it. */
  readonly freshId?: boolean;
  /** The path names an object by a name that its owner chose, so another object can have the name later. */
  readonly reusableName?: boolean;
}

export interface EffectVerdict {
  readonly effect: Effect;
  /** The next state of the record; undefined if the event does not change it. */
  readonly state: RecordState | undefined;
  /** The same request may be sent again with the same key. */
  readonly mayRepeat: boolean;
  /** Stripe's objects and events can show the outcome of an earlier attempt. */
  readonly readBack: boolean;
}

/** Returns the effect of a write after an event, and the next state of its record. Pure. */
export function effectOf({ prior, event, method, freshId, reusableName }: EffectInput): EffectVerdict {
  if (method === 'GET') return { effect: 'none', state: undefined, mayRepeat: true, readBack: false };
  if (prior === 'in flight' || prior === 'unread') {
    const effect = prior === 'unread' && freshId === true ? 'none' : 'unknown';
    return { effect, state: undefined, mayRepeat: false, readBack: false };
  }
  const effect = EFFECT_AFTER[event][prior];
  const unknown = effect === 'unknown';
  const reusable = reusableName === true;
  return {
    effect,
    state: CHANGES_NOTHING.has(event) ? undefined : stateAfter(effect, event),
    // API v1 takes no idempotency key on a DELETE: a repeat could delete an object that got the name since.
    mayRepeat: !(unknown && reusable),
    readBack: unknown && (LEAVES_READS_POSSIBLE.has(event) || (reusable && !ALSO_REJECTS_READS.has(event))),
  };
}

/** Rows: the event. Columns: the effect that was known before. */
const EFFECT_AFTER: Readonly<Record<EffectEvent, Readonly<Record<Effect, Effect>>>> = {
  success: { none: 'done', unknown: 'done', done: 'done' },
  'saved error': { none: 'none', unknown: 'none', done: 'done' },
  'invalid request': { none: 'none', unknown: 'unknown', done: 'done' },
  'permission denied': { none: 'none', unknown: 'unknown', done: 'done' },
  'not processed': { none: 'none', unknown: 'unknown', done: 'done' },
  'key mismatch': { none: 'none', unknown: 'unknown', done: 'done' },
  'in flight': { none: 'unknown', unknown: 'unknown', done: 'done' },
  unsent: { none: 'none', unknown: 'unknown', done: 'done' },
  unclear: { none: 'unknown', unknown: 'unknown', done: 'done' },
  'not attempted': { none: 'none', unknown: 'unknown', done: 'done' },
  'not recorded': { none: 'none', unknown: 'unknown', done: 'done' },
  'result unreadable': { none: 'none', unknown: 'unknown', done: 'done' },
  'shown done': { none: 'done', unknown: 'done', done: 'done' },
  'shown none': { none: 'none', unknown: 'none', done: 'done' },
  'no row changed': { none: 'none', unknown: 'none', done: 'done' },
};

const CHANGES_NOTHING: ReadonlySet<EffectEvent> = new Set(['not attempted', 'not recorded', 'result unreadable']);

function stateAfter(effect: Effect, event: EffectEvent): RecordState {
  if (effect === 'done') return 'succeeded';
  if (effect === 'unknown') return 'indeterminate';
  return USES_UP_KEY.has(event) ? 'failed' : 'received';
}

/** Stripe may have saved the error under the key, so other parameters need a new key. */
const USES_UP_KEY: ReadonlySet<EffectEvent> = new Set([
  'saved error',
  'invalid request',
  'permission denied',
  'shown none',
]);

/** The API key works and may read: an earlier attempt can be looked up. */
const LEAVES_READS_POSSIBLE: ReadonlySet<EffectEvent> = new Set(['invalid request', 'key mismatch']);

/** The cause of the error also applies to reads. */
const ALSO_REJECTS_READS: ReadonlySet<EffectEvent> = new Set(['permission denied', 'not processed']);

/**
 * Classifies the response to a write, or its failure.
 *
 * `keyed` is false for a DELETE of API v1. It has no idempotency key, so its error is never the saved result of an
 * earlier attempt. https://docs.stripe.com/api/idempotent_requests
 */
export function evidenceOf(result: StripeResult, keyed = true): Evidence {
  if (result.ok) return 'success';
  if (result.kind === 'unsent') return 'unsent';
  const { httpStatus: status = 0, stripeError } = result;
  if (result.kind === 'lost' || status < 400 || status >= 500) return 'unclear';
  if (result.replayed === true || stripeError.type === 'card_error') return keyed ? 'saved error' : 'invalid request';
  if (isInFlight(result)) return 'in flight';
  if (stripeError.type === 'idempotency_error') return 'key mismatch';
  if (status === 403) return 'permission denied';
  return isUnprocessed(status, stripeError.code) ? 'not processed' : 'invalid request';
}

/** https://docs.stripe.com/rate-limits: a lock timeout is a 429; older versions of the API send the codes with a 400. */
function isUnprocessed(status: number, code: string | undefined): boolean {
  return status === 401 || status === 429 || code === 'rate_limit' || code === 'lock_timeout';
}

/** Stripe's 409: another request with the same key is in progress. A replayed 409 is the endpoint's own conflict. */
export function isInFlight(failure: StripeFailure): boolean {
  if (failure.replayed === true) return false;
  return failure.httpStatus === 409 || failure.stripeError.code === 'idempotency_key_in_use';
}
