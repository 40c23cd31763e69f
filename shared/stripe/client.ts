import { ConnectorError, toConnectorError, type Effect } from '../errors.ts';
import { effectAfter, evidenceOf } from './effect.ts';
import type { Limiter, Turn } from '../rate-limiter/limiter.ts';
import { redact } from '../redact.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Log, Severity } from '../ports/log.ts';
import type { StripeTransport, StripeResult, StripeFailure, StripeRequest, StripeSuccess } from './transport.ts';
import type { CachedSecret } from './secrets/cached-secret.ts';
import type { RecentRequests } from './recent-requests.ts';
import { remainingMs, annotateError, type CallContext } from './call-context.ts';
import { takesIdempotencyKey } from './idempotency-key.ts';
import { isRetryable, nextRetryDelay } from './retry-policy.ts';
import { objectOf, type ObjectLocks, type LockResult } from './object-locks.ts';
import { isReusedName } from './reused-names.ts';
import { requestLogFields } from './request-log.ts';
import { isDeclined, isLockTimeout, isRateLimit, toStripeError } from './errors.ts';
import { enforcePolicy, type WritePolicy } from './write-policy/enforce.ts';

export interface StripeClient {
  /**
   * Begins to read the key, beside whatever the caller does before `run`, and does not wait for it. What fails here is tried
   * again, and told, by `run`. The limiter's time is not asked for beforehand: while a cold instance loads its files the
   * answer lies waiting, and a time that took long is of no use.
   */
  prepare(): void;
  /**
   * Sends one request as often as it takes. Each try is a transaction with a token of its own. `before`: what is known
   * of the effect of earlier tries under the same key.
   */
  request(request: StripeRequest, call: CallContext, before?: Effect): Promise<StripeSuccess>;
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
  /** Learns of every transaction. */
  readonly recentRequests?: RecentRequests;
  /** 1 to 5; from 3 on a transaction shows its heads, from 4 its bodies, at 5 the connection. */
  readonly verbosity?: number;
}

/** One try waits this long for Stripe at most; milliseconds. */
const LONGEST_TRY_MS = 20_000;

/** What is known after the tries so far. */
interface RetryState {
  attempts: number;
  effect: Effect;
  apiKeyRefreshed: boolean;
}

/**
 * The single door to Stripe: secret -> token -> request, retries included. Nothing else may call the Stripe port, so
 * nothing can forget the policy, the limiter, the key or the log.
 */
export function createStripeClient(deps: StripeClientDeps): StripeClient {
  return {
    prepare() {
      const reading = deps.apiKey.read();
      if (typeof reading === 'string') return;
      reading.then((key) => deps.stripe.ready(key)).catch(() => undefined);
    },
    request(request, call, before = 'none') {
      const progress: RetryState = { attempts: 0, effect: before, apiKeyRefreshed: false };
      return sendWithRetries(deps, request, call, progress).catch((cause: unknown) => {
        const error = toConnectorError(cause);
        // A read has no effect of its own: the write that it serves knows its effect.
        if (request.method === 'GET') throw error;
        throw annotateError(error, call, progress.effect);
      });
    },
  };
}

async function sendWithRetries(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  progress: RetryState,
): Promise<StripeSuccess> {
  enforcePolicy(deps.policy, request);
  checkIdempotencyKey(request);
  const write = request.method !== 'GET';
  for (;;) {
    const reading = deps.apiKey.read();
    const key = typeof reading === 'string' ? reading : await reading;
    checkTestKey(request, key);
    const entering = acquireLock(deps, request, call);
    const leave = entering instanceof Promise ? await entering : entering;
    let tried: Attempt;
    try {
      tried = await sendOnce(deps, request, call, key, progress);
    } finally {
      leave();
    }
    const { result, sentAtMs: releasedMs } = tried;
    if (result.ok) return result;
    if (result.httpStatus === 401 && !progress.apiKeyRefreshed) {
      progress.apiKeyRefreshed = true;
      if (await deps.apiKey.refresh(key)) continue;
    }
    const pause = nextRetryDelay(result, progress.attempts, deps.random);
    throttleAfter(deps, request, call, result, releasedMs, pause);
    // A repeat could delete what was made since.
    const blind = progress.effect === 'unknown' && isReusedName(request);
    if (pause === undefined || blind || pause >= remainingMs(call)) throw toStripeError(result, write);
    await deps.clock.sleep(pause);
  }
}

interface Attempt {
  readonly result: StripeResult;
  /** When the token let it go; milliseconds of the clock. */
  readonly sentAtMs: number;
}

/** One try: a token, and at once the request. Nothing that takes time stands between the two. */
async function sendOnce(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  key: string,
  progress: RetryState,
): Promise<Attempt> {
  const preparing = deps.stripe.ready(key);
  if (preparing instanceof Promise) await preparing;
  const taking = takeToken(deps, request, call, progress);
  const waitedMs = typeof taking === 'number' ? taking : await taking;
  const leaseLeftMs = call.leaseLeftMs?.() ?? LONGEST_TRY_MS;
  if (leaseLeftMs <= 0) throw leaseLost();
  const releasedMs = deps.clock.monotonicMs();
  const timeoutMs = Math.max(1, Math.min(LONGEST_TRY_MS, remainingMs(call), leaseLeftMs));
  progress.attempts += 1;
  const { effect } = progress;
  // Until the answer is here the effect is not known.
  progress.effect = effectAfter(effect, 'unclear');
  const result = await deps.stripe.send(request, key, timeoutMs);
  progress.effect = effectAfter(effect, evidenceOf(result));
  const tookMs = deps.clock.monotonicMs() - releasedMs;
  logRequest(deps, request, call, result, { waitedMs, tookMs, tries: progress.attempts });
  return { result, sentAtMs: releasedMs };
}

/** Another caller may work on the operation by now: it has the key, and sends in our place. */
function leaseLost(): ConnectorError {
  const error = new ConnectorError(
    'ABORTED',
    'the right to work on the operation was lost to another caller; ask again',
    { reason: 'LEASE_LOST', retryAfterMs: 1000 },
  );
  error.effect = 'unknown';
  return error;
}

/**
 * Without a key of ours, or with an empty one, the SDK makes one up for each request, and a repeat would have a second effect. API v1 takes no
 * key on a DELETE. https://docs.stripe.com/api/idempotent_requests
 */
function checkIdempotencyKey({ method, path, idempotencyKey }: StripeRequest): void {
  if (!takesIdempotencyKey(method, path) || (idempotencyKey ?? '') !== '') return;
  throw new ConnectorError('INTERNAL', 'a write without an idempotency key is not sent', {
    reason: 'IDEMPOTENCY_KEY_MISSING',
  });
}

/** Writes to an object that Stripe found locked wait for each other. How to leave it. */
function acquireLock(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
): (() => void) | Promise<() => void> {
  const object = request.method === 'GET' ? undefined : objectOf(request.path);
  const place = deps.objects.acquire(object, Math.max(0, Math.min(maxWaitOf(deps, call), remainingMs(call))));
  return place instanceof Promise ? place.then((lockResult) => leaving(lockResult, call)) : leaving(place, call);
}

function leaving(place: LockResult, call: CallContext): () => void {
  if ('retryAfterMs' in place) {
    call.responseFlags?.add('lock_timeout');
    throw new ConnectorError('RESOURCE_EXHAUSTED', 'another request works on the object; it is held back for a while', {
      reason: 'LOCK_TIMEOUT',
      retryAfterMs: place.retryAfterMs,
    });
  }
  return place.release;
}

/** Milliseconds that an object is held back after a lock_timeout that is not tried again. */
const LOCK_HOLD_MS = 500;

/** Stripe asks for less: of the whole connection (429), or of one object (lock_timeout). */
function throttleAfter(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  failure: StripeFailure,
  releasedMs: number,
  pauseMs: number | undefined,
): void {
  if (isLockTimeout(failure)) {
    const object = objectOf(request.path);
    if (object !== undefined) deps.objects.backOff(object, pauseMs ?? LOCK_HOLD_MS);
    call.responseFlags?.add('lock_timeout');
    deps.log.write('WARNING', 'object locked by Stripe (lock_timeout)', { call: call.name, object });
  } else if (isRateLimit(failure)) {
    const pace = deps.limiter.slow(releasedMs, failure.retryAfterMs ?? 0);
    call.responseFlags?.add(throttledBy(pace));
    deps.log.write('WARNING', 'throttled by Stripe (429)', { call: call.name, pace });
  }
}

function throttledBy(pace: number): string {
  return `stripe_rate_limit; rate=${pace}`;
}

/** Stripe's test helpers work in its sandboxes alone. https://docs.stripe.com/api/test_clocks */
function checkTestKey({ path }: StripeRequest, key: string): void {
  if (!path.includes('/test_helpers/') || !/^(sk|rk)_live_/.test(key)) return;
  throw new ConnectorError('FAILED_PRECONDITION', "Stripe's test helpers are offered with a test key only", {
    reason: 'TEST_KEY_REQUIRED',
  });
}

/** Waits for a turn that is still good when it is here. The wait for it, milliseconds. */
function takeToken(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  progress: RetryState,
  begun = deps.clock.monotonicMs(),
): number | Promise<number> {
  const left = remainingMs(call);
  if (left <= 0) {
    throw new ConnectorError('DEADLINE_EXCEEDED', 'the deadline of the call is over', { reason: 'DEADLINE_EXCEEDED' });
  }
  const use = (turn: Turn): number | Promise<number> => {
    const now = deps.clock.monotonicMs();
    if (turn.pace < 1) call.responseFlags?.add(throttledBy(turn.pace));
    if (!turn.granted) {
      deps.log.write('WARNING', 'rate limit exceeded', {
        call: call.name,
        retryAfterMs: turn.retryAfterMs,
        pace: turn.pace,
      });
      recordRequest(deps, request, call, 'RATE_LIMITED', {
        waitedMs: now - begun,
        tookMs: 0,
        tries: progress.attempts + 1,
      });
      throw rateUsedUp(turn);
    }
    // This process may have been held up since the turn was given: it is lost then.
    return now <= turn.untilMs ? now - begun : takeToken(deps, request, call, progress, begun);
  };
  const turn = deps.limiter.take(Math.min(maxWaitOf(deps, call), left), left);
  return turn instanceof Promise ? turn.then(use) : use(turn);
}

function maxWaitOf(deps: StripeClientDeps, call: CallContext): number {
  return call.maxWaitMs ?? deps.maxWaitMs;
}

function rateUsedUp({ pace, retryAfterMs }: Turn & { granted: false }): ConnectorError {
  const slower = pace < 1 ? `, slowed to 1/${Math.round(1 / pace)} because Stripe said 429,` : '';
  return new ConnectorError(
    'RESOURCE_EXHAUSTED',
    `the connection's rate${slower} is used up; the next free turn is in ${retryAfterMs} ms`,
    { reason: 'RATE_LIMITED', retryAfterMs },
  );
}

interface Timing {
  readonly waitedMs: number;
  readonly tookMs: number;
  readonly tries: number;
}

function logRequest(
  deps: StripeClientDeps,
  request: StripeRequest,
  call: CallContext,
  result: StripeResult,
  timing: Timing,
): void {
  const requestId = result.ok ? result.requestId : result.stripeError.requestId;
  const outcome = result.ok ? 'ok' : (result.stripeError.code ?? result.kind);
  recordRequest(deps, request, call, outcome, timing, requestId);
  if (result.ok && result.truncated !== undefined)
    deps.log.write('WARNING', "members of Stripe's answer are nested too deep and were left out", {
      call: call.name,
      members: result.truncated.slice(0, 20),
    });
  deps.log.write(severityOf(result), 'stripe request', {
    call: call.name,
    method: request.method,
    outcome,
    ...(result.ok || result.httpStatus === undefined ? {} : { status: result.httpStatus }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(call.operationId === undefined ? {} : { operationId: call.operationId }),
    attempt: timing.tries,
    durationMs: Math.round(timing.tookMs),
    tokenWaitMs: Math.round(timing.waitedMs),
    ...requestLogFields(deps.verbosity ?? 1, request, result),
  });
}

/** A declined card is the payer's affair: an ERROR would count for the alert. */
function severityOf(result: StripeResult): Severity {
  if (result.ok) return 'INFO';
  return isRetryable(result) || isDeclined(result.stripeError) ? 'WARNING' : 'ERROR';
}

function recordRequest(
  { recentRequests: activity, clock }: StripeClientDeps,
  { method, path }: StripeRequest,
  { name }: CallContext,
  outcome: string,
  { waitedMs, tookMs, tries }: Timing,
  requestId?: string,
): void {
  activity?.add({
    atMs: clock.epochMs(),
    call: name,
    method,
    // A caller's own ids stand in paths, and may be anything.
    path: redact(path),
    outcome: redact(outcome),
    ...(requestId === undefined ? {} : { requestId }),
    durationMs: Math.round(tookMs),
    waitedMs: Math.round(waitedMs),
    attempt: tries,
  });
}
