import { isInFlight } from './effect.ts';
import type { Random } from '../ports/clock.ts';
import type { StripeFailure } from './transport.ts';

/** Milliseconds to wait before the retry. Undefined if the request is not retried. */
export type RetryDecision = number | undefined;

/** Maximum number of attempts of a request, including the first. */
const MAX_ATTEMPTS = 4;
/**
 * Maximum number of attempts after a lock_timeout. It is smaller than `MAX_ATTEMPTS`, because Stripe has already waited
 * for the lock in each attempt.
 */
const MAX_LOCK_ATTEMPTS = 3;
/** Maximum pause before the first retry. The maximum doubles with each retry. */
const FIRST_BACKOFF_MS = 500;
/** Limit of the doubled maximum. */
const MAX_BACKOFF_MS = 8_000;

/**
 * Decides whether a failed request is retried, and when. `attempts` is the number of attempts so far. The SDK itself
 * never retries. Sources: https://docs.stripe.com/error-low-level, https://docs.stripe.com/rate-limits (lock timeouts),
 * https://docs.stripe.com/api/idempotent_requests (409: the same key is in flight).
 */
export function nextRetryDelay(failure: StripeFailure, attempts: number, random: Random): RetryDecision {
  const maxAttempts = failure.stripeError.code === 'lock_timeout' ? MAX_LOCK_ATTEMPTS : MAX_ATTEMPTS;
  if (attempts >= maxAttempts || !isRetryable(failure)) return undefined;
  const maxMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1));
  // Full jitter: callers that failed together do not retry together.
  const jitterMs = random.next() * maxMs;
  return failure.retryAfterMs === undefined ? jitterMs : failure.retryAfterMs + jitterMs;
}

/**
 * Returns whether a retry with the same key can succeed. `shouldRetry` (Stripe's header Stripe-Should-Retry) takes
 * precedence.
 */
export function isRetryable(failure: StripeFailure): boolean {
  if (failure.shouldRetry !== undefined) return failure.shouldRetry;
  if (failure.kind !== 'refused') return true;
  const status = failure.httpStatus ?? 0;
  return (
    isInFlight(failure) ||
    status === 429 ||
    status >= 500 ||
    failure.stripeError.code === 'lock_timeout' ||
    failure.stripeError.code === 'rate_limit'
  );
}
