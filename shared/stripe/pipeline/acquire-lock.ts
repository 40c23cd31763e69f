import { ConnectorError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { priorityOf, remainingMs, type CallContext } from '../call-context.ts';
import { lockKeyOf, objectOf, type ObjectLocks } from '../object-locks.ts';
import type { StripeRequest } from '../transport.ts';

export interface LockDeps {
  readonly objects: ObjectLocks;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxWaitMs: number;
}

/**
 * Returns how long the next request of a call may wait, in milliseconds: the maximum of the call, or else of the
 * connection. The part that was used up before the call was handled is subtracted.
 */
export function maxWaitOf(deps: Pick<LockDeps, 'maxWaitMs'>, call: CallContext): number {
  return Math.max(0, (call.maxWaitMs ?? deps.maxWaitMs) - (call.waits?.lateMs ?? 0));
}

/** The lock on the object of a request, if Stripe reported the object as locked. */
export interface AcquiredLock {
  readonly release: () => void;
  readonly waitedMs: number;
  /** When the call was admitted, if its admission was used for the lock. Undefined otherwise. */
  readonly admittedMs: number | undefined;
}

/**
 * Waits for the object of a request, if Stripe reported the object as locked. A read gets no lock. Throws LOCK_TIMEOUT
 * if the call may not wait that long.
 */
export async function acquireLock(deps: LockDeps, request: StripeRequest, call: CallContext): Promise<AcquiredLock> {
  const { objects, clock } = deps;
  const object = lockKeyOf(request);
  const maxWaitMs = Math.max(0, Math.min(maxWaitOf(deps, call), remainingMs(call)));
  const startedMs = clock.monotonicMs();
  const admittedMs = objects.isSerialized(object) ? call.admission?.use() : undefined;
  const lock = await (request.method === 'GET'
    ? objects.waitToRead(object, maxWaitMs)
    : objects.acquire(object, maxWaitMs));
  const waitedMs = clock.monotonicMs() - startedMs;
  call.waits?.add(priorityOf(call, request), 'object', waitedMs);
  if ('retryAfterMs' in lock) throw rejectLocked(deps, call, request, lock.retryAfterMs);
  return { release: lock.release, waitedMs, admittedMs };
}

/** Logs that an object is in use for longer than the call may wait, and returns the error with which the call fails. */
export function rejectLocked(
  { log }: Pick<LockDeps, 'log'>,
  call: CallContext,
  request: StripeRequest,
  retryAfterMs: number,
): ConnectorError {
  const priority = priorityOf(call, request);
  call.responseFlags?.add('lock_timeout');
  call.waits?.add(priority, 'object', 0);
  log.write('WARNING', 'object in use', {
    call: call.name,
    object: objectOf(request.path),
    retryAfterMs,
    priority,
    waitsFor: 'object',
  });
  return new ConnectorError(
    'RESOURCE_EXHAUSTED',
    `another request is using the object (class ${priority}, waits for object); retry in ${retryAfterMs} ms`,
    { reason: 'LOCK_TIMEOUT', retryAfterMs },
  );
}
