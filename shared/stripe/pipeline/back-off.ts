/** Delays requests after Stripe rejected one: those to a locked object, or all of the connection. */
import { ConnectorError } from '../../errors.ts';
import { priorityOf, remainingMs, type CallContext } from '../call-context.ts';
import type { StripeClientDeps } from '../client-deps.ts';
import { isLockTimeout, isObjectLimit, isRateLimit } from '../errors.ts';
import { objectOf } from '../object-locks.ts';
import type { StripeFailure, StripeRequest } from '../transport.ts';
import { maxWaitOf, throttledFlag } from './permit.ts';

/**
 * Acquires the lock on the object of a write, if Stripe reported the object as locked. Returns the function that releases
 * the lock.
 */
export async function acquireLock(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
): Promise<() => void> {
  const object = request.method === 'GET' ? undefined : objectOf(request.path);
  const maxWaitMs = Math.max(0, Math.min(maxWaitOf(deps, call), remainingMs(call)));
  const startedMs = deps.clock.monotonicMs();
  const lock = await deps.objects.acquire(object, maxWaitMs);
  call.waits?.add(priorityOf(call, request), 'object', deps.clock.monotonicMs() - startedMs);
  if (!('retryAfterMs' in lock)) return lock.release;
  call.responseFlags?.add('lock_timeout');
  throw new ConnectorError('RESOURCE_EXHAUSTED', 'another request is using the object; retry later', {
    reason: 'LOCK_TIMEOUT',
    retryAfterMs: lock.retryAfterMs,
  });
}

/** How long requests to an object wait after a lock_timeout that is not retried: as long as before a first retry. */
const DEFAULT_LOCK_BACK_OFF_MS = 500;

/** Slows down the whole connection after a 429, or one object after a lock_timeout. */
export function backOffAfter(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  failure: StripeFailure,
  sentAtMs: number,
  delayMs: number | undefined,
): void {
  if (isLockTimeout(failure) || isObjectLimit(failure)) {
    const object = objectOf(request.path);
    if (object !== undefined) deps.objects.backOff(object, delayMs ?? failure.retryAfterMs ?? DEFAULT_LOCK_BACK_OFF_MS);
    const reason = isLockTimeout(failure) ? 'lock_timeout' : 'object_rate_limit';
    call.responseFlags?.add(reason);
    deps.log.write('WARNING', `object locked by Stripe (${reason})`, { call: call.name, object });
  } else if (isRateLimit(failure)) {
    const rate = deps.limiter.slow(sentAtMs, failure.retryAfterMs ?? 0);
    call.responseFlags?.add(throttledFlag(rate));
    deps.log.write('WARNING', 'throttled by Stripe (429)', {
      call: call.name,
      pace: rate,
      reason: failure.rateLimitedReason,
    });
  }
}
