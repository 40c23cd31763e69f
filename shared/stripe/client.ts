import { ConnectorError, toConnectorError, type Effect } from '../errors.ts';
import { effectOf, evidenceOf, type EffectVerdict } from './effect.ts';
import type { Admission } from '../rate-limiter/limiter.ts';
import type { StripeResult, StripeRequest, StripeSuccess } from './transport.ts';
import { RecentIds } from './activity/recent-requests.ts';
import { remainingMs, annotateError, type CallContext, noteStripeTime, priorityOf } from './call-context.ts';
import type { StripeClientDeps } from './client-deps.ts';
import { nextRetryDelay } from './retry-policy.ts';
import { endpointOf } from './endpoints/endpoint-of.ts';
import { lockKeyOf } from './object-locks.ts';
import { deletesReusablePath } from './reused-names.ts';
import { logRequest } from './request-log.ts';
import { toStripeError } from './errors.ts';
import { acquireLock, maxWaitOf, rejectLocked, type AcquiredLock } from './pipeline/acquire-lock.ts';
import { backOffAfter } from './pipeline/back-off.ts';
import { acquirePermit, rejectCall } from './pipeline/permit.ts';
import { requireIdempotencyKey, requireTestKey } from './pipeline/request-checks.ts';
import { enforcePolicy } from './write-policy/enforce.ts';

export interface StripeClient {
  /**
   * Sends a request and retries transient failures until the call's deadline.
   *
   * Each attempt acquires its own permit, so retries count against the rate limit.
   *
   * @param priorEffect what earlier attempts with this idempotency key may have done
   * @throws ConnectorError; for a write, `error.effect` says whether Stripe may have applied it
   */
  request(request: StripeRequest, call: CallContext, priorEffect?: Effect): Promise<StripeSuccess>;
  /**
   * Admits a call before its operation is claimed in the store, so that an overload causes no load on the store. A client
   * without this method admits every call.
   *
   * @returns undefined if the call needs no admission
   * @throws ConnectorError RATE_LIMITED if the request would not get a permit in time, LOCK_TIMEOUT if its object would
   * be in use for too long; nothing was read, written or sent
   */
  admit?(request: StripeRequest, call: CallContext): Admission | undefined;
}

/** Timeout of one attempt. The default deadline of a call, 50 s, leaves time for a second attempt after a timeout. */
const ATTEMPT_TIMEOUT_MS = 20_000;

/** The state after the attempts so far. */
interface RetryState {
  attempts: number;
  effect: Effect;
  apiKeyRefreshed: boolean;
  /** The last error without effect that Stripe may have saved under the idempotency key. */
  savedError?: ConnectorError;
}

/**
 * Creates the only client that talks to Stripe.
 *
 * Every request passes the same pipeline: write policy, API key, object lock, rate limiter, HTTP, log. No other module
 * may use the Stripe transport, so no request can skip a step.
 */
export function createStripeClient(deps: StripeClientDeps): StripeClient {
  const recentIds = new RecentIds();
  return {
    admit(request, call) {
      // A repeated call may find its outcome in the store and then needs no permit.
      if (call.operationId !== undefined && recentIds.has(call.operationId)) return undefined;
      const maxWaitMs = Math.min(maxWaitOf(deps, call), Math.max(0, remainingMs(call)));
      // A call that waits for its object is not counted in the queue of the limiter, so it does not cause calls for
      // other objects to be rejected.
      const lockAdmission = deps.objects.admit(lockKeyOf(request), maxWaitMs);
      if (lockAdmission !== undefined && 'retryAfterMs' in lockAdmission)
        throw rejectLocked(deps, call, request, lockAdmission.retryAfterMs);
      const admission = lockAdmission ?? deps.limiter.admit(maxWaitMs, priorityOf(call, request), endpointOf(request));
      if ('granted' in admission)
        throw rejectCall(deps, request, call, admission, { waitedMs: 0, latencyMs: 0, attempts: 1 });
      if (call.operationId !== undefined) recentIds.add(call.operationId);
      return admission;
    },
    async request(request, call, priorEffect = 'none') {
      const state: RetryState = { attempts: 0, effect: priorEffect, apiKeyRefreshed: false };
      try {
        return await sendWithRetries(deps, request, call, state);
      } catch (cause) {
        const error = toConnectorError(cause);
        // A read has no effect. If the read is part of a write, the caller adds the effect of the write.
        if (request.method === 'GET') throw error;
        // If Stripe did not process a retry, the earlier error is reported: Stripe saved that error under the
        // idempotency key and returns it to every later request with the key.
        const finalError = state.effect === 'none' ? (state.savedError ?? error) : error;
        throw annotateError(finalError, call, state.effect);
      }
    },
  };
}

/** Sends a request until it succeeds, fails permanently, or has no time for another attempt. */
async function sendWithRetries(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  state: RetryState,
): Promise<StripeSuccess> {
  enforcePolicy(deps.policy, request);
  requireIdempotencyKey(request);
  const write = request.method !== 'GET';
  const keyed = request.idempotencyKey !== undefined;
  for (;;) {
    const apiKey = await deps.apiKey.read();
    requireTestKey(request, apiKey);
    const lock = await acquireLock(deps, request, call);
    let attempt: Attempt;
    try {
      attempt = await sendOnce(deps, request, call, apiKey, state, lock);
    } finally {
      lock.release();
    }
    const { result, sentAtMs } = attempt;
    if (result.ok) return result;
    if (result.httpStatus === 401 && !state.apiKeyRefreshed) {
      state.apiKeyRefreshed = true;
      if (await deps.apiKey.refresh(apiKey)) continue;
    }
    const delayMs = nextRetryDelay(result, state.attempts, deps.random);
    backOffAfter(deps, request, call, result, sentAtMs, delayMs);
    const willRetry = delayMs !== undefined && attempt.effectVerdict.mayRepeat && delayMs < remainingMs(call);
    const failure = toStripeError(result, write, keyed);
    if (attempt.effectVerdict.state === 'failed') state.savedError = failure;
    if (!willRetry) throw failure;
    await deps.clock.sleep(delayMs);
  }
}

interface Attempt {
  readonly result: StripeResult;
  readonly effectVerdict: EffectVerdict;
  /** When the request was sent, in milliseconds of the monotonic clock. */
  readonly sentAtMs: number;
}

/** Acquires a permit and sends the request immediately, because a permit is only valid for a short time. */
async function sendOnce(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  apiKey: string,
  state: RetryState,
  lock: AcquiredLock,
): Promise<Attempt> {
  await deps.stripe.ready(apiKey);
  const { waitedMs, waitedFor } = await acquirePermit(deps, request, call, state.attempts, lock);
  const leaseLeftMs = call.leaseLeftMs?.() ?? ATTEMPT_TIMEOUT_MS;
  if (leaseLeftMs <= 0) throw leaseLostError();
  const sentAtMs = deps.clock.monotonicMs();
  const timeoutMs = Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, remainingMs(call), leaseLeftMs));
  state.attempts += 1;
  const effectInput = { prior: state.effect, method: request.method, reusableName: deletesReusablePath(request) };
  if (call.written !== undefined && request.method !== 'GET' && state.effect === 'none')
    call.written.sentMs = deps.clock.epochMs();
  // Until the response arrives, the effect is unknown.
  state.effect = effectOf({ ...effectInput, event: 'unclear' }).effect;
  const result = await deps.stripe.send(request, apiKey, timeoutMs);
  if (call.written !== undefined) noteStripeTime(call.written, result.wire?.headers['date'], deps.clock.epochMs());
  const effectVerdict = effectOf({ ...effectInput, event: evidenceOf(result, request.idempotencyKey !== undefined) });
  state.effect = effectVerdict.effect;
  const latencyMs = deps.clock.monotonicMs() - sentAtMs;
  const priority = priorityOf(call, request);
  const { waitedMs: objectWaitMs } = lock;
  const timing = { waitedMs, waitedFor, objectWaitMs, latencyMs, attempts: state.attempts, priority };
  logRequest(deps, request, call, result, timing);
  return { result, effectVerdict, sentAtMs };
}

/**
 * Returns the error for a call whose lease has ended. Another instance may now hold the lease and send the request with
 * the same idempotency key.
 */
function leaseLostError(): ConnectorError {
  const error = new ConnectorError(
    'ABORTED',
    'another call took over the lease of the operation; repeat the call with the same operationId',
    { reason: 'LEASE_LOST', retryAfterMs: 1000 },
  );
  error.effect = 'unknown';
  return error;
}
