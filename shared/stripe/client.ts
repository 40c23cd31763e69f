import { ConnectorError, toConnectorError, type Effect } from '../errors.ts';
import { effectOf, evidenceOf, type EffectVerdict } from './effect.ts';
import type { Admission, Limiter, RefusedTurn } from '../rate-limiter/limiter.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { StripeTransport, StripeResult, StripeFailure, StripeRequest, StripeSuccess } from './transport.ts';
import type { CachedSecret } from './secrets/cached-secret.ts';
import { RecentIds, type RecentRequests } from './activity/recent-requests.ts';
import {
  remainingMs,
  annotateError,
  type CallContext,
  MIN_WAIT_MS,
  noteStripeTime,
  priorityOf,
  type WaitReason,
} from './call-context.ts';
import { takesIdempotencyKey } from './idempotency-key.ts';
import { nextRetryDelay } from './retry-policy.ts';
import { endpointOf } from './endpoints/endpoint-of.ts';
import { acquireLock, maxWaitOf, rejectLocked, type AcquiredLock } from './acquire-lock.ts';
import { lockKeyOf, objectOf, type ObjectLocks } from './object-locks.ts';
import { deletesReusablePath } from './reused-names.ts';
import { logRequest, recordRequest, type AttemptTiming } from './request-log.ts';
import { isLockTimeout, isObjectLimit, isRateLimit, toStripeError } from './errors.ts';
import { enforcePolicy, type WritePolicy } from './write-policy/enforce.ts';

export interface StripeClient {
  /**
   * Sends a request and retries transient failures until the call's deadline.
   *
   * Each attempt acquires its own permit, so retries count against the rate limit.
   *
   * @param priorEffect what earlier attempts with this idempotency key may have done
   * @throws ConnectorError; of a write, `error.effect` says whether Stripe may have applied it
   */
  request(request: StripeRequest, call: CallContext, priorEffect?: Effect): Promise<StripeSuccess>;
  /**
   * Admits a call before its operation is claimed in the store, so that an overload causes no load on the store. A client
   * without this method admits every call.
   *
   * @returns undefined if the call needs no admission
   * @throws ConnectorError RATE_LIMITED if the request would not get a permit in time; nothing was read, written or sent
   */
  admit?(request: StripeRequest, call: CallContext): Admission | undefined;
}

export interface StripeClientDeps {
  readonly stripe: StripeTransport;
  readonly apiKey: CachedSecret;
  readonly limiter: Limiter;
  readonly objects: ObjectLocks;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly maxWaitMs: number;
  readonly policy: WritePolicy;
  /** Records every attempt. */
  readonly recentRequests?: RecentRequests;
  /** 1 to 5: from 3 the log shows the headers of each request, from 4 its body, at 5 the connection. */
  readonly verbosity?: number;
}

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
      // A repeat may only return the recorded outcome, which needs no permit.
      if (call.operationId !== undefined && recentIds.has(call.operationId)) return undefined;
      const maxWaitMs = Math.min(maxWaitOf(deps, call), Math.max(0, remainingMs(call)));
      // A call that its object holds back takes no place from calls of other objects.
      const held = deps.objects.admit(lockKeyOf(request), maxWaitMs);
      if (held !== undefined && 'retryAfterMs' in held) throw rejectLocked(deps, call, request, held.retryAfterMs);
      const admission = held ?? deps.limiter.admit(maxWaitMs, priorityOf(call, request), endpointOf(request));
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
        // Stripe did not process the retry. Report the earlier error instead: Stripe saved it under the idempotency key
        // and returns it to every later request with that key.
        const finalError = state.effect === 'none' ? (state.savedError ?? error) : error;
        throw annotateError(finalError, call, state.effect);
      }
    },
  };
}

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
  const { waitedMs, waitedFor } = await acquirePermit(deps, request, call, state, lock);
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

/** The lease has ended. Another instance may hold it now and send the request with the same idempotency key. */
function leaseLostError(): ConnectorError {
  const error = new ConnectorError(
    'ABORTED',
    'another call took over the lease of the operation; repeat the call with the same operationId',
    { reason: 'LEASE_LOST', retryAfterMs: 1000 },
  );
  error.effect = 'unknown';
  return error;
}

/**
 * Throws if a write that accepts an idempotency key has none. The SDK would generate one per request, so a repeat would
 * have a second effect. https://docs.stripe.com/api/idempotent_requests
 */
function requireIdempotencyKey({ method, path, idempotencyKey }: StripeRequest): void {
  if (!takesIdempotencyKey(method, path) || (idempotencyKey ?? '') !== '') return;
  throw new ConnectorError('INTERNAL', 'a write without an idempotency key is not sent', {
    reason: 'IDEMPOTENCY_KEY_MISSING',
  });
}

/** How long requests to an object wait after a lock_timeout that is not retried. */
const DEFAULT_LOCK_BACK_OFF_MS = 500;

/** Slows down the whole connection after a 429, or one object after a lock_timeout. */
function backOffAfter(
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
    const rate = deps.limiter.slow(sentAtMs, failure.retryAfterMs ?? 0);
    call.responseFlags?.add(throttledFlag(rate));
    deps.log.write('WARNING', 'throttled by Stripe (429)', {
      call: call.name,
      pace: rate,
      reason: failure.rateLimitedReason,
    });
  }
}

function throttledFlag(pace: number): string {
  return `stripe_rate_limit; rate=${pace}`;
}

/** Throws if a test helper is requested with a live key. https://docs.stripe.com/api/test_clocks */
function requireTestKey({ path }: StripeRequest, key: string): void {
  if (!path.includes('/test_helpers/') || !/^(sk|rk)_live_/.test(key)) return;
  throw new ConnectorError('FAILED_PRECONDITION', "Stripe's test helpers are offered with a test key only", {
    reason: 'TEST_KEY_REQUIRED',
  });
}

/** Waits for a permit of the rate limiter. Returns how long the request waited, and for what. */
async function acquirePermit(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  { attempts }: RetryState,
  lock: AcquiredLock,
): Promise<Pick<AttemptTiming, 'waitedMs' | 'waitedFor'>> {
  const startedMs = deps.clock.monotonicMs();
  const maxWaitMs = permitWaitMs(maxWaitOf(deps, call), startedMs, lock.admittedMs ?? call.admission?.use());
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
    const permit = await deps.limiter.take(Math.min(maxWaitMs, leftMs), leftMs, priority, endpointOf(request));
    const endedMs = deps.clock.monotonicMs();
    const reason = waitReason(deps, request, permit.pace);
    call.waits?.add(priority, reason, endedMs - lastTryMs);
    lastTryMs = endedMs;
    const waitedMs = endedMs - startedMs;
    if (!permit.granted)
      throw rejectCall(deps, request, call, permit, { waitedMs, latencyMs: 0, attempts: attempts + 1 });
    if (permit.pace < 1) call.responseFlags?.add(throttledFlag(permit.pace));
    // If the process was paused, the permit may have expired. The loop then acquires another one.
    if (endedMs <= permit.untilMs) return { waitedMs, waitedFor: waitedMs < MIN_WAIT_MS ? undefined : reason };
  }
}

/**
 * A call that the limiter admitted may exceed its maximum wait by this fraction, because the admission only estimated the
 * wait, and the call's operation is claimed since then.
 */
const ADMITTED_GRACE = 0.05;

/** Returns the milliseconds that a call may wait for a permit after `startedMs`. `admittedMs` is when it was admitted. */
function permitWaitMs(maxWaitMs: number, startedMs: number, admittedMs: number | undefined): number {
  if (admittedMs === undefined) return maxWaitMs;
  return Math.max(0, (1 + ADMITTED_GRACE) * maxWaitMs - (startedMs - admittedMs));
}

/** Logs that a call got no permit, and returns its error. */
function rejectCall(
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
