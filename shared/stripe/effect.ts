/**
 * The rules for the effect of a write: what the connector reports, and the next state of the operation's record.
 *
 * `none` means that the write had no effect and that no request of it is in progress.
 * Source: https://docs.stripe.com/api/idempotent_requests ("We save results only after the execution of an endpoint
 * begins"). An error about parameters, the key, the account or the rate therefore does not show whether an earlier attempt
 * took effect.
 */
import type { Effect, Evidence } from '../errors.ts';
import type { StripeFailure, StripeRequest, StripeResult } from './transport.ts';

/**
 * State of an operation record.
 *   received       nothing was sent with its key; the id can be used for any payload
 *   calling        a call holds the lease, or held it and did not record an outcome
 *   succeeded      the operation took effect; the outcome is stored
 *   failed         the operation failed permanently without effect; the id can be used again, with a new key
 *   indeterminate  the operation may have taken effect; a repeat with the same key is safe
 */
export type RecordState = 'received' | 'calling' | 'succeeded' | 'failed' | 'indeterminate';

/**
 * What is known about a write before an event: its effect so far, or why it is unknown.
 *   in flight  another call holds the lease
 *   unread     the record could not be read
 */
export type PriorKnowledge = Effect | 'in flight' | 'unread';

/** What happened to a write. `Evidence` classifies the response to one request. */
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
  /** True if the operation id was generated for this call, so no earlier call can have used it. */
  readonly freshId?: boolean;
  /** True if a newer object can have the same path, because the owner of the object chose its id. */
  readonly reusableName?: boolean;
}

export interface EffectVerdict {
  readonly effect: Effect;
  /** The next state of the record; undefined if the event does not change it. */
  readonly state: RecordState | undefined;
  /** True if the same request may be sent again with the same key. */
  readonly mayRepeat: boolean;
  /** True if the outcome of an earlier attempt should be looked up in Stripe's objects and events. */
  readonly readBack: boolean;
}

/** Returns the effect of a write after an event, and the next state of its record. A pure function. */
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
    // API v1 accepts no idempotency key for a DELETE, so a repeat could delete a newer object with the same name.
    mayRepeat: !(unknown && reusable),
    // A lookup at Stripe is only useful if Stripe would accept the requests of the lookup.
    readBack: unknown && (API_KEY_ACCEPTED.has(event) || (reusable && !ALSO_REJECTS_READS.has(event))),
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

/** After these events the record keeps its state. */
const CHANGES_NOTHING: ReadonlySet<EffectEvent> = new Set(['not attempted', 'not recorded', 'result unreadable']);

/** Returns the state of the record after an event, by the effect that is then known. */
function stateAfter(effect: Effect, event: EffectEvent): RecordState {
  if (effect === 'done') return 'succeeded';
  if (effect === 'unknown') return 'indeterminate';
  return USES_UP_KEY.has(event) ? 'failed' : 'received';
}

/** After these events Stripe may have saved the error under the key, so a request with other parameters needs a new key. */
const USES_UP_KEY: ReadonlySet<EffectEvent> = new Set([
  'saved error',
  'invalid request',
  'permission denied',
  'shown none',
]);

/**
 * These events show that Stripe accepted the API key, so an earlier attempt can be looked up. `key mismatch` is about the
 * idempotency key.
 */
const API_KEY_ACCEPTED: ReadonlySet<EffectEvent> = new Set(['invalid request', 'key mismatch']);

/** After these events a read would fail for the same reason. */
const ALSO_REJECTS_READS: ReadonlySet<EffectEvent> = new Set(['permission denied', 'not processed']);

/**
 * Classifies the response to a write, or its failure.
 *
 * `keyed` is false for a DELETE of API v1. Such a DELETE has no idempotency key, so its error is never the saved result of
 * an earlier attempt. https://docs.stripe.com/api/idempotent_requests
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

/**
 * Returns whether Stripe rejected a request without processing it. Older API versions send the codes `rate_limit` and
 * `lock_timeout` with a 400 instead of a 429. https://docs.stripe.com/rate-limits
 */
function isUnprocessed(status: number, code: string | undefined): boolean {
  return status === 401 || status === 429 || code === 'rate_limit' || code === 'lock_timeout';
}

/**
 * Returns whether another request with the same key is in progress. Stripe reports this as a 409. A replayed 409 is
 * instead a conflict that the endpoint itself reported.
 */
export function isInFlight(failure: StripeFailure): boolean {
  if (failure.replayed === true) return false;
  return failure.httpStatus === 409 || failure.stripeError.code === 'idempotency_key_in_use';
}
