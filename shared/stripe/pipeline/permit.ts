/** The permit of the rate limiter that each attempt needs. */
import { ConnectorError } from '../../errors.ts';
import type { RefusedTurn } from '../../rate-limiter/limiter.ts';
import { PATIENCE_MS } from '../../rate-limiter/queue/token-queue.ts';
import { MIN_WAIT_MS, priorityOf, remainingMs, type CallContext, type WaitReason } from '../call-context.ts';
import type { StripeClientDeps } from '../client-deps.ts';
import { endpointOf } from '../endpoints/endpoint-of.ts';
import { recordRequest, type AttemptTiming } from '../request-log.ts';
import type { StripeRequest } from '../transport.ts';
import { maxWaitOf, type AcquiredLock } from './acquire-lock.ts';

/**
 * Waits for a permit of the rate limiter. Returns how long the request waited, and for what. `attempts` is the number
 * of earlier attempts.
 */
export async function acquirePermit(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  attempts: number,
  lock: AcquiredLock,
): Promise<Pick<AttemptTiming, 'waitedMs' | 'waitedFor'>> {
  const startedMs = deps.clock.monotonicMs();
  const admittedMs = lock.admittedMs ?? call.admission?.use();
  const maxWaitMs = permitWaitMs(maxWaitOf(deps, call), startedMs, admittedMs);
  // The time before this step counts as waiting: the call waited for a busy instance, for its object, or for the store
  // of operations.
  const waitedBeforeMs = (call.waits?.lateMs ?? 0) + startedMs - (admittedMs ?? startedMs);
  const patienceMs = Math.max(0, PATIENCE_MS - waitedBeforeMs);
  const priority = priorityOf(call, request);
  let lastTryMs = startedMs;
  for (;;) {
    const leftMs = remainingMs(call);
    if (leftMs <= 0)
      throw new ConnectorError(
        'DEADLINE_EXCEEDED',
        'the deadline of the call has passed; retry it, or raise deadline_ms',
        {
          reason: 'DEADLINE_EXCEEDED',
        },
      );
    const permit = await deps.limiter.take(
      Math.min(maxWaitMs, leftMs),
      Math.min(patienceMs, leftMs),
      priority,
      endpointOf(request),
    );
    const endedMs = deps.clock.monotonicMs();
    const reason = waitReason(deps, request, permit.pace);
    call.waits?.add(priority, reason, endedMs - lastTryMs);
    lastTryMs = endedMs;
    const waitedMs = endedMs - startedMs;
    if (!permit.granted)
      throw rejectCall(deps, request, call, permit, { waitedMs, latencyMs: 0, attempts: attempts + 1 });
    if (permit.pace < 1) call.responseFlags?.add(throttledFlag(permit.pace));
    if (call.waits !== undefined) call.waits.lateMs = 0;
    // If the process was paused, the permit may have expired. The loop then acquires another one.
    if (endedMs <= permit.untilMs) return { waitedMs, waitedFor: waitedMs < MIN_WAIT_MS ? undefined : reason };
  }
}

/**
 * A call that the limiter admitted may exceed its maximum wait by this fraction. The admission only estimates the wait,
 * and claiming the operation in the store takes time.
 */
const ADMITTED_GRACE = 0.05;

/**
 * Returns how long a call may wait for a permit from `startedMs` on, in milliseconds. If the call was admitted before,
 * the time since `admittedMs` counts as part of its wait.
 */
function permitWaitMs(maxWaitMs: number, startedMs: number, admittedMs: number | undefined): number {
  if (admittedMs === undefined) return maxWaitMs;
  return Math.max(0, (1 + ADMITTED_GRACE) * maxWaitMs - (startedMs - admittedMs));
}

/** Logs that a call got no permit, and returns its error. */
export function rejectCall(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  rejection: RefusedTurn,
  timing: Pick<AttemptTiming, 'waitedMs' | 'latencyMs' | 'attempts'>,
): ConnectorError {
  const { retryAfterMs, pace } = rejection;
  if (pace < 1) call.responseFlags?.add(throttledFlag(pace));
  const priority = priorityOf(call, request);
  const waitedFor = waitReason(deps, request, pace);
  call.waits?.add(priority, waitedFor, 0);
  deps.log.write('WARNING', 'rate limit exceeded', {
    call: call.name,
    retryAfterMs,
    pace,
    priority,
    waitsFor: waitedFor,
  });
  recordRequest(deps, request, call, 'RATE_LIMITED', { ...timing, priority, waitedFor });
  const throttled = pace < 1 ? `, slowed to ${pace} of it by Stripe's 429,` : '';
  return new ConnectorError(
    'RESOURCE_EXHAUSTED',
    `the connection's rate limit${throttled} is used up (class ${priority}, waits for ${waitedFor}); retry in ${retryAfterMs} ms`,
    { reason: 'RATE_LIMITED', retryAfterMs },
  );
}

/** Returns what a request waits for while the limiter delays it. */
function waitReason({ limiter }: StripeClientDeps, request: StripeRequest, pace: number): WaitReason {
  return pace < 1 ? 'stripe' : limiter.boundOf(endpointOf(request));
}

/** Returns the response flag of a call that was slowed down because of Stripe's 429. */
export function throttledFlag(pace: number): string {
  return `stripe_rate_limit; rate=${pace}`;
}
