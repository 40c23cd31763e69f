/**
 * Delays later requests after Stripe rejected one for its rate or a lock: requests to the same object, or all requests.
 */
import type { CallContext } from '../call-context.ts';
import type { StripeClientDeps } from '../client-deps.ts';
import { isLockTimeout, isObjectLimit, isRateLimit } from '../errors.ts';
import { lockKeyOf, objectOf } from '../object-locks.ts';
import type { StripeFailure, StripeRequest } from '../transport.ts';
import { throttledFlag } from './permit.ts';

/**
 * How long requests to an object wait if the failed request is not retried and Stripe sent no Retry-After: the maximum
 * pause before a first retry.
 */
const DEFAULT_LOCK_BACK_OFF_MS = 500;

/**
 * After a lock_timeout or a 429 for one object, delays requests to the object. After any other 429, slows down the
 * whole connection. Other failures change nothing. `delayMs` is the delay before the retry, or undefined if the request
 * is not retried.
 */
export function backOffAfter(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  failure: StripeFailure,
  sentAtMs: number,
  delayMs: number | undefined,
): void {
  if (isLockTimeout(failure) || isObjectLimit(failure)) {
    const key = lockKeyOf(request);
    const forMs = delayMs ?? failure.retryAfterMs ?? DEFAULT_LOCK_BACK_OFF_MS;
    if (key !== undefined) deps.objects.backOff(key, forMs, isObjectLimit(failure));
    const reason = isLockTimeout(failure) ? 'lock_timeout' : 'object_rate_limit';
    call.responseFlags?.add(reason);
    deps.log.write('WARNING', `object locked by Stripe (${reason})`, {
      call: call.name,
      object: objectOf(request.path),
    });
  } else if (isRateLimit(failure)) {
    const rate = deps.limiter.throttle(sentAtMs, failure.retryAfterMs ?? 0);
    call.responseFlags?.add(throttledFlag(rate));
    deps.log.write('WARNING', 'throttled by Stripe (429)', {
      call: call.name,
      pace: rate,
      reason: failure.rateLimitedReason,
    });
  }
}
