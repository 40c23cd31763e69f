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
  priorityOf,
  type WaitReason,
} from './call-context.ts';
import { takesIdempotencyKey } from './idempotency-key.ts';
import { nextRetryDelay } from './retry-policy.ts';
import { endpointOf } from './endpoints/endpoint-of.ts';
import { objectOf, type ObjectLocks } from './object-locks.ts';
import { isReusedName } from './reused-names.ts';
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
   * Admits a call before the record of its operation is begun, so that overload costs no call to the store. A client
   * without this method admits every call.
   *
   * @throws ConnectorError RATE_LIMITED if the request would not get a turn in time; nothing was read, written or sent
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
  /** Gets an entry for every attempt. */
  readonly recentRequests?: RecentRequests;
  /** 1 to 5: from 3 the log shows the headers of each request, from 4 its body, at 5 the connection. */
  readonly verbosity?: number;
}

const ATTEMPT_TIMEOUT_MS = 20_000;

/** What is known after the attempts so far. */
interface RetryState {
  attempts: number;
  effect: Effect;
  apiKeyRefreshed: boolean;
  /** The last response that Stripe may have saved under the idempotency key without an effect. */
  refusal?: ConnectorError;
}

/**
 * Creates the only client that talks to Stripe.
 *
 * Every request passes the same pipeline: write policy, API key, object lock, rate limiter, HTTP, log. No other module
 * may use the Stripe transport, so no request can skip a step.
 */
export function createStripeClient(deps: StripeClientDeps): StripeClient {
  const begun = new RecentIds();
  return {
    admit(request, call) {
      // The outcome of a repeat may be recorded: then it needs no turn.
      if (call.operationId !== undefined && begun.has(call.operationId)) return undefined;
      const maxWaitMs = Math.min(maxWaitOf(deps, call), Math.max(0, remainingMs(call)));
      const admission = deps.limiter.admit(maxWaitMs, priorityOf(call, request), endpointOf(request));
      if ('granted' in admission)
        throw rejectCall(deps, request, call, admission, { waitedMs: 0, latencyMs: 0, attempts: 1 });
      if (call.operationId !== undefined) begun.add(call.operationId);
      return admission;
    },
    async request(request, call, priorEffect = 'none') {
      const state: RetryState = { attempts: 0, effect: priorEffect, apiKeyRefreshed: false };
      try {
        return await sendWithRetries(deps, request, call, state);
      } catch (cause) {
        const error = toConnectorError(cause);
        // A read has no effect of its own: the write that it serves knows its effect.
        if (request.method === 'GET') throw error;
        // If Stripe asked for a retry that was not processed, the saved error stands: the next payload needs a new key.
        const stands = state.effect === 'none' ? (state.refusal ?? error) : error;
        throw annotateError(stands, call, state.effect);
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
    const release = await acquireLock(deps, request, call);
    let attempt: Attempt;
    try {
      attempt = await sendOnce(deps, request, call, apiKey, state);
    } finally {
      release();
    }
    const { result, sentAtMs } = attempt;
    if (result.ok) return result;
    if (result.httpStatus === 401 && !state.apiKeyRefreshed) {
      state.apiKeyRefreshed = true;
      if (await deps.apiKey.refresh(apiKey)) continue;
    }
    const delayMs = nextRetryDelay(result, state.attempts, deps.random);
    throttleAfter(deps, request, call, result, sentAtMs, delayMs);
    const repeats = delayMs !== undefined && attempt.verdict.mayRepeat && delayMs < remainingMs(call);
    const failure = toStripeError(result, write, keyed);
    if (attempt.verdict.state === 'failed') state.refusal = failure;
    if (!repeats) throw failure;
    await deps.clock.sleep(delayMs);
  }
}

interface Attempt {
  readonly result: StripeResult;
  readonly verdict: EffectVerdict;
  /** When the request was sent, in milliseconds of the monotonic clock. */
  readonly sentAtMs: number;
}

/** One attempt: acquires a permit and sends the request at once. A permit is only valid for a short time. */
async function sendOnce(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  apiKey: string,
  state: RetryState,
): Promise<Attempt> {
  await deps.stripe.ready(apiKey);
  const { waitedMs, waitedFor } = await acquirePermit(deps, request, call, state);
  const leaseLeftMs = call.leaseLeftMs?.() ?? ATTEMPT_TIMEOUT_MS;
  if (leaseLeftMs <= 0) throw leaseLostError();
  const sentAtMs = deps.clock.monotonicMs();
  const timeoutMs = Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, remainingMs(call), leaseLeftMs));
  state.attempts += 1;
  const write = { prior: state.effect, method: request.method, reusableName: isReusedName(request) };
  // The effect is unknown until the response is here.
  state.effect = effectOf({ ...write, event: 'unclear' }).effect;
  const result = await deps.stripe.send(request, apiKey, timeoutMs);
  const verdict = effectOf({ ...write, event: evidenceOf(result, request.idempotencyKey !== undefined) });
  state.effect = verdict.effect;
  const latencyMs = deps.clock.monotonicMs() - sentAtMs;
  const priority = priorityOf(call, request);
  logRequest(deps, request, call, result, { waitedMs, waitedFor, latencyMs, attempts: state.attempts, priority });
  return { result, verdict, sentAtMs };
}

/** Another instance may hold the lease by now. It has the same key and sends the request. */
function leaseLostError(): ConnectorError {
  const error = new ConnectorError(
    'ABORTED',
    'the right to work on the operation was lost to another caller; ask again',
    { reason: 'LEASE_LOST', retryAfterMs: 1000 },
  );
  error.effect = 'unknown';
  return error;
}

/**
 * Without a key the SDK generates one per request, and a repeat would have a second effect. API v1 takes no key on a
 * DELETE. https://docs.stripe.com/api/idempotent_requests
 */
function requireIdempotencyKey({ method, path, idempotencyKey }: StripeRequest): void {
  if (!takesIdempotencyKey(method, path) || (idempotencyKey ?? '') !== '') return;
  throw new ConnectorError('INTERNAL', 'a write without an idempotency key is not sent', {
    reason: 'IDEMPOTENCY_KEY_MISSING',
  });
}

/** Writes to an object that Stripe reported as locked go one after the other. Returns the function that releases it. */
async function acquireLock(deps: StripeClientDeps, request: StripeRequest, call: CallContext): Promise<() => void> {
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

/** How long an object stays locked after a lock_timeout that is not retried. */
const LOCK_HOLD_MS = 500;

/** Slows down the whole connection after a 429, or one object after a lock_timeout. */
function throttleAfter(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  failure: StripeFailure,
  sentAtMs: number,
  delayMs: number | undefined,
): void {
  if (isLockTimeout(failure) || isObjectLimit(failure)) {
    const object = objectOf(request.path);
    if (object !== undefined) deps.objects.backOff(object, delayMs ?? failure.retryAfterMs ?? LOCK_HOLD_MS);
    const reason = isLockTimeout(failure) ? 'lock_timeout' : 'object_rate_limit';
    call.responseFlags?.add(reason);
    deps.log.write('WARNING', `object locked by Stripe (${reason})`, { call: call.name, object });
  } else if (isRateLimit(failure)) {
    const pace = deps.limiter.slow(sentAtMs, failure.retryAfterMs ?? 0);
    call.responseFlags?.add(throttledBy(pace));
    deps.log.write('WARNING', 'throttled by Stripe (429)', {
      call: call.name,
      pace,
      reason: failure.rateLimitedReason,
    });
  }
}

function throttledBy(pace: number): string {
  return `stripe_rate_limit; rate=${pace}`;
}

/** Stripe's test helpers work in test mode only. https://docs.stripe.com/api/test_clocks */
function requireTestKey({ path }: StripeRequest, key: string): void {
  if (!path.includes('/test_helpers/') || !/^(sk|rk)_live_/.test(key)) return;
  throw new ConnectorError('FAILED_PRECONDITION', "Stripe's test helpers are offered with a test key only", {
    reason: 'TEST_KEY_REQUIRED',
  });
}

/** Waits for a permit of the rate limiter. Returns the milliseconds of the wait, and what it was for. */
async function acquirePermit(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  { attempts }: RetryState,
): Promise<Pick<AttemptTiming, 'waitedMs' | 'waitedFor'>> {
  const startedMs = deps.clock.monotonicMs();
  const maxWaitMs = turnWaitMs(maxWaitOf(deps, call), startedMs, call.admission?.use());
  const priority = priorityOf(call, request);
  const endpoint = endpointOf(request);
  let triedMs = startedMs;
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
    const permit = await deps.limiter.take(Math.min(maxWaitMs, leftMs), leftMs, priority, endpoint);
    const endedMs = deps.clock.monotonicMs();
    const reason = waitReason(deps, permit);
    call.waits?.add(priority, reason, endedMs - triedMs);
    triedMs = endedMs;
    const waitedMs = endedMs - startedMs;
    if (!permit.granted)
      throw rejectCall(deps, request, call, permit, { waitedMs, latencyMs: 0, attempts: attempts + 1 });
    if (permit.pace < 1) call.responseFlags?.add(throttledBy(permit.pace));
    // The permit is lost if this process was paused until after its end.
    if (endedMs <= permit.untilMs) return { waitedMs, waitedFor: waitedMs < MIN_WAIT_MS ? undefined : reason };
  }
}

/** Part of its wait that an admitted call may wait longer: its admission was an estimate, and its record is begun. */
const ADMITTED_GRACE = 0.05;

/** Milliseconds that a call may wait for its turn from `startedMs` on. */
function turnWaitMs(maxWaitMs: number, startedMs: number, admittedMs: number | undefined): number {
  if (admittedMs === undefined) return maxWaitMs;
  return Math.max(0, (1 + ADMITTED_GRACE) * maxWaitMs - (startedMs - admittedMs));
}

function maxWaitOf(deps: StripeClientDeps, call: CallContext): number {
  return call.maxWaitMs ?? deps.maxWaitMs;
}

/** Logs that a call got no turn. Returns its error. */
function rejectCall(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  refused: RefusedTurn,
  timing: Pick<AttemptTiming, 'waitedMs' | 'latencyMs' | 'attempts'>,
): ConnectorError {
  const { retryAfterMs, pace } = refused;
  if (pace < 1) call.responseFlags?.add(throttledBy(pace));
  const priority = priorityOf(call, request);
  const waitsFor = waitReason(deps, refused);
  call.waits?.add(priority, waitsFor, 0);
  deps.log.write('WARNING', 'rate limit exceeded', { call: call.name, retryAfterMs, pace, priority, waitsFor });
  recordRequest(deps, request, call, 'RATE_LIMITED', { ...timing, priority, waitedFor: waitsFor });
  const throttled = pace < 1 ? `, slowed to ${pace} of it by Stripe's 429,` : '';
  return new ConnectorError(
    'RESOURCE_EXHAUSTED',
    `the connection's rate limit${throttled} is used up (class ${priority}, waits for ${waitsFor}); retry in ${retryAfterMs} ms`,
    { reason: 'RATE_LIMITED', retryAfterMs },
  );
}

/** What a request waits for that the limiter holds back. */
function waitReason(
  { limiter }: StripeClientDeps,
  { pace, heldBack }: Pick<RefusedTurn, 'pace' | 'heldBack'>,
): WaitReason {
  if (heldBack) return 'endpoint';
  return pace < 1 ? 'stripe' : limiter.view().bound;
}
