/**
 * What the connector may say of a write: the effect, from what is known before an attempt and what the attempt showed.
 * `none` is said only where it is known that nothing took effect and nothing is under way.
 * Source of the rules: https://docs.stripe.com/api/idempotent_requests ("We save results only after the execution of an
 * endpoint begins"), so a refusal of the parameters, the key, the account or the rate says nothing of an earlier attempt.
 */
import type { Effect, Evidence } from '../errors.ts';
import type { StripeResult, StripeFailure } from './transport.ts';

/** Rows: what is known before the attempt. Columns: what the attempt showed. */
const AFTER: Readonly<Record<Effect, Readonly<Record<Evidence, Effect>>>> = {
  none: {
    success: 'done',
    'final refusal': 'none',
    'early refusal': 'none',
    'in flight': 'unknown',
    unsent: 'none',
    unclear: 'unknown',
  },
  unknown: {
    success: 'done',
    'final refusal': 'none',
    'early refusal': 'unknown',
    'in flight': 'unknown',
    unsent: 'unknown',
    unclear: 'unknown',
  },
  done: {
    success: 'done',
    'final refusal': 'done',
    'early refusal': 'done',
    'in flight': 'done',
    unsent: 'done',
    unclear: 'done',
  },
};

/** The effect that is known after an attempt. */
export function effectAfter(before: Effect, evidence: Evidence): Effect {
  return AFTER[before][evidence];
}

/** What one answer to a write shows. */
export function evidenceOf(result: StripeResult): Evidence {
  if (result.ok) return 'success';
  if (result.kind === 'unsent') return 'unsent';
  const status = result.httpStatus ?? 0;
  if (result.kind === 'lost' || status < 400 || status >= 500) return 'unclear';
  if (result.replayed === true || result.stripeError.type === 'card_error') return 'final refusal';
  return isInFlight(result) ? 'in flight' : 'early refusal';
}

/** Stripe's 409: another request with the same key is under way. A saved one is the endpoint's own. */
export function isInFlight(failure: StripeFailure): boolean {
  if (failure.replayed === true) return false;
  return failure.httpStatus === 409 || failure.stripeError.code === 'idempotency_key_in_use';
}

/**
 * Whether a refusal without effect uses up the idempotency key, so that the next payload needs a new one. A 401, a 429 and
 * a key that Stripe knows with other parameters (`idempotency_error`) leave it as it is.
 */
export function usesUpKey(evidence: Evidence | undefined, reason: string): boolean {
  return evidence === 'final refusal' || (evidence === 'early refusal' && !KEEPS_KEY.has(reason));
}
const KEEPS_KEY: ReadonlySet<string> = new Set([
  'API_KEY_REJECTED',
  'OPERATION_ID_REUSED',
  'STRIPE_RATE_LIMIT',
  'LOCK_TIMEOUT',
]);
