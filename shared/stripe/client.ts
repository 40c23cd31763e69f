import { ConnectorError, unforeseen, type Effect } from '../errors.ts';
import { effectAfter, evidenceOf } from './effect.ts';
import type { Limiter, Turn } from '../rate-limiter/limiter.ts';
import { redact } from '../redact.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Log, Severity } from '../ports/log.ts';
import type { Stripe, StripeAnswer, StripeFailure, StripeRequest, StripeSuccess } from './transport.ts';
import type { HeldSecret } from './secrets/cached-secret.ts';
import type { Activity } from './recent-requests.ts';
import { remainingMs, withEffect, type Call } from './call-context.ts';
import { takesIdempotencyKey } from './idempotency-key.ts';
import { canHelp, retryAfter } from './retry-policy.ts';
import { objectOf, type ObjectLines, type Place } from './object-locks.ts';
import { isReusedName } from './reused-names.ts';
import { verbose } from './request-log.ts';
import { isDeclined, isLockTimeout, isRateLimit, refusalOf } from './errors.ts';
import { checkPolicy, type WritePolicy } from './write-policy/enforce.ts';

export interface Door {
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
  run(request: StripeRequest, call: Call, before?: Effect): Promise<StripeSuccess>;
}

export interface DoorParts {
  readonly stripe: Stripe;
  readonly apiKey: HeldSecret;
  readonly limiter: Limiter;
  readonly objects: ObjectLines;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly maxWaitMs: number;
  readonly policy: WritePolicy;
  /** Learns of every transaction. */
  readonly activity?: Activity;
  /** 1 to 5; from 3 on a transaction shows its heads, from 4 its bodies, at 5 the connection. */
  readonly verbosity?: number;
}

/** One try waits this long for Stripe at most; milliseconds. */
const LONGEST_TRY_MS = 20_000;

/** What is known after the tries so far. */
interface Progress {
  tries: number;
  effect: Effect;
  keyReloaded: boolean;
}

/**
 * The single door to Stripe: secret -> token -> request, retries included. Nothing else may call the Stripe port, so
 * nothing can forget the policy, the limiter, the key or the log.
 */
export function createDoor(parts: DoorParts): Door {
  return {
    prepare() {
      const reading = parts.apiKey.read();
      if (typeof reading === 'string') return;
      reading.then((key) => parts.stripe.ready(key)).catch(() => undefined);
    },
    run(request, call, before = 'none') {
      const progress: Progress = { tries: 0, effect: before, keyReloaded: false };
      return persist(parts, request, call, progress).catch((cause: unknown) => {
        const error = unforeseen(cause);
        // A read has no effect of its own: the write that it serves knows its effect.
        if (request.method === 'GET') throw error;
        throw withEffect(error, call, progress.effect);
      });
    },
  };
}

async function persist(
  parts: DoorParts,
  request: StripeRequest,
  call: Call,
  progress: Progress,
): Promise<StripeSuccess> {
  checkPolicy(parts.policy, request);
  checkIdempotencyKey(request);
  const write = request.method !== 'GET';
  for (;;) {
    const reading = parts.apiKey.read();
    const key = typeof reading === 'string' ? reading : await reading;
    checkTestKey(request, key);
    const entering = enter(parts, request, call);
    const leave = entering instanceof Promise ? await entering : entering;
    let tried: Attempt;
    try {
      tried = await attempt(parts, request, call, key, progress);
    } finally {
      leave();
    }
    const { answer, releasedMs } = tried;
    if (answer.ok) return answer;
    if (answer.httpStatus === 401 && !progress.keyReloaded) {
      progress.keyReloaded = true;
      if (await parts.apiKey.refresh(key)) continue;
    }
    const pause = retryAfter(answer, progress.tries, parts.random);
    ease(parts, request, call, answer, releasedMs, pause);
    // A repeat could delete what was made since.
    const blind = progress.effect === 'unknown' && isReusedName(request);
    if (pause === undefined || blind || pause >= remainingMs(call)) throw refusalOf(answer, write);
    await parts.clock.sleep(pause);
  }
}

interface Attempt {
  readonly answer: StripeAnswer;
  /** When the token let it go; milliseconds of the clock. */
  readonly releasedMs: number;
}

/** One try: a token, and at once the request. Nothing that takes time stands between the two. */
async function attempt(
  parts: DoorParts,
  request: StripeRequest,
  call: Call,
  key: string,
  progress: Progress,
): Promise<Attempt> {
  const preparing = parts.stripe.ready(key);
  if (preparing instanceof Promise) await preparing;
  const taking = takeToken(parts, request, call, progress);
  const waitedMs = typeof taking === 'number' ? taking : await taking;
  const leaseLeftMs = call.leaseLeftMs?.() ?? LONGEST_TRY_MS;
  if (leaseLeftMs <= 0) throw leaseLost();
  const releasedMs = parts.clock.monotonicMs();
  const timeoutMs = Math.max(1, Math.min(LONGEST_TRY_MS, remainingMs(call), leaseLeftMs));
  progress.tries += 1;
  const { effect } = progress;
  // Until the answer is here the effect is not known.
  progress.effect = effectAfter(effect, 'unclear');
  const answer = await parts.stripe.send(request, key, timeoutMs);
  progress.effect = effectAfter(effect, evidenceOf(answer));
  const tookMs = parts.clock.monotonicMs() - releasedMs;
  report(parts, request, call, answer, { waitedMs, tookMs, tries: progress.tries });
  return { answer, releasedMs };
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
function enter(parts: DoorParts, request: StripeRequest, call: Call): (() => void) | Promise<() => void> {
  const object = request.method === 'GET' ? undefined : objectOf(request.path);
  const place = parts.objects.enter(object, Math.max(0, Math.min(maxWaitOf(parts, call), remainingMs(call))));
  return place instanceof Promise ? place.then((one) => leaving(one, call)) : leaving(place, call);
}

function leaving(place: Place, call: Call): () => void {
  if ('retryAfterMs' in place) {
    call.told?.add('lock_timeout');
    throw new ConnectorError('RESOURCE_EXHAUSTED', 'another request works on the object; it is held back for a while', {
      reason: 'LOCK_TIMEOUT',
      retryAfterMs: place.retryAfterMs,
    });
  }
  return place.leave;
}

/** Milliseconds that an object is held back after a lock_timeout that is not tried again. */
const LOCK_HOLD_MS = 500;

/** Stripe asks for less: of the whole connection (429), or of one object (lock_timeout). */
function ease(
  parts: DoorParts,
  request: StripeRequest,
  call: Call,
  failure: StripeFailure,
  releasedMs: number,
  pauseMs: number | undefined,
): void {
  if (isLockTimeout(failure)) {
    const object = objectOf(request.path);
    if (object !== undefined) parts.objects.hold(object, pauseMs ?? LOCK_HOLD_MS);
    call.told?.add('lock_timeout');
    parts.log.write('WARNING', 'an object is held back: Stripe said lock_timeout', { call: call.name, object });
  } else if (isRateLimit(failure)) {
    const pace = parts.limiter.slow(releasedMs, failure.retryAfterMs ?? 0);
    call.told?.add(paceInWords(pace));
    parts.log.write('WARNING', 'the connection goes slower: Stripe said 429', { call: call.name, pace });
  }
}

function paceInWords(pace: number): string {
  return `stripe_rate_limit; pace=1/${Math.round(1 / pace)}`;
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
  parts: DoorParts,
  request: StripeRequest,
  call: Call,
  progress: Progress,
  begun = parts.clock.monotonicMs(),
): number | Promise<number> {
  const left = remainingMs(call);
  if (left <= 0) {
    throw new ConnectorError('DEADLINE_EXCEEDED', 'the deadline of the call is over', { reason: 'DEADLINE' });
  }
  const use = (turn: Turn): number | Promise<number> => {
    const now = parts.clock.monotonicMs();
    if (turn.pace < 1) call.told?.add(paceInWords(turn.pace));
    if (!turn.granted) {
      parts.log.write('WARNING', 'turn refused', { call: call.name, retryAfterMs: turn.retryAfterMs, pace: turn.pace });
      note(parts, request, call, 'RATE_LIMIT', { waitedMs: now - begun, tookMs: 0, tries: progress.tries + 1 });
      throw rateUsedUp(turn);
    }
    // This process may have been held up since the turn was given: it is lost then.
    return now <= turn.untilMs ? now - begun : takeToken(parts, request, call, progress, begun);
  };
  const turn = parts.limiter.take(Math.min(maxWaitOf(parts, call), left), left);
  return turn instanceof Promise ? turn.then(use) : use(turn);
}

function maxWaitOf(parts: DoorParts, call: Call): number {
  return call.maxWaitMs ?? parts.maxWaitMs;
}

function rateUsedUp({ pace, retryAfterMs }: Turn & { granted: false }): ConnectorError {
  const slower = pace < 1 ? `, slowed to 1/${Math.round(1 / pace)} because Stripe said 429,` : '';
  return new ConnectorError(
    'RESOURCE_EXHAUSTED',
    `the connection's rate${slower} is used up; the next free turn is in ${retryAfterMs} ms`,
    { reason: 'RATE_LIMIT', retryAfterMs },
  );
}

interface Timing {
  readonly waitedMs: number;
  readonly tookMs: number;
  readonly tries: number;
}

function report(parts: DoorParts, request: StripeRequest, call: Call, answer: StripeAnswer, timing: Timing): void {
  const requestId = answer.ok ? answer.requestId : answer.said.requestId;
  const outcome = answer.ok ? 'ok' : (answer.said.code ?? answer.kind);
  note(parts, request, call, outcome, timing, requestId);
  if (answer.ok && answer.cut !== undefined)
    parts.log.write('WARNING', "members of Stripe's answer are nested too deep and were left out", {
      call: call.name,
      members: answer.cut.slice(0, 20),
    });
  parts.log.write(severityOf(answer), 'transaction', {
    call: call.name,
    method: request.method,
    outcome,
    ...(answer.ok || answer.httpStatus === undefined ? {} : { status: answer.httpStatus }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(call.operationId === undefined ? {} : { operationId: call.operationId }),
    attempt: timing.tries,
    durationMs: Math.round(timing.tookMs),
    tokenWaitMs: Math.round(timing.waitedMs),
    ...verbose(parts.verbosity ?? 1, request, answer),
  });
}

/** A declined card is the payer's affair: an ERROR would count for the alert. */
function severityOf(answer: StripeAnswer): Severity {
  if (answer.ok) return 'INFO';
  return canHelp(answer) || isDeclined(answer.said) ? 'WARNING' : 'ERROR';
}

function note(
  { activity, clock }: DoorParts,
  { method, path }: StripeRequest,
  { name }: Call,
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
