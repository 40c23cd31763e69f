import { isInFlight } from './effect.ts';
import type { Random } from '../ports/clock.ts';
import type { StripeFailure } from './transport.ts';

/** Milliseconds to wait before the same request goes out again; undefined: the failure stands. */
export type Retry = number | undefined;

const MOST_TRIES = 4;
const MOST_LOCK_TRIES = 3;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/**
 * Whether a failed request is tried again, and when. Ours alone: the SDK never repeats by itself.
 * Sources: https://docs.stripe.com/error-low-level, https://docs.stripe.com/rate-limits (lock timeouts),
 * https://docs.stripe.com/api/idempotent_requests (409: the same key is in flight).
 */
export function retryAfter(failure: StripeFailure, tries: number, random: Random): Retry {
  const most = failure.said.code === 'lock_timeout' ? MOST_LOCK_TRIES : MOST_TRIES;
  if (tries >= most || !canHelp(failure)) return undefined;
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
  // Full jitter: callers that failed together do not come back together.
  const pause = random.fraction() * ceiling;
  return failure.retryAfterMs === undefined ? pause : failure.retryAfterMs + pause;
}

/** Whether the same request with the same key can end otherwise. Stripe's own word goes first. */
export function canHelp(failure: StripeFailure): boolean {
  if (failure.shouldRetry !== undefined) return failure.shouldRetry;
  if (failure.kind !== 'refused') return true;
  const status = failure.httpStatus ?? 0;
  return (
    isInFlight(failure) ||
    status === 429 ||
    status >= 500 ||
    failure.said.code === 'lock_timeout' ||
    failure.said.code === 'rate_limit'
  );
}
