import { ConnectorError, isConnectorError, type Effect } from '../errors.ts';
import type { Limiter } from '../limiter/limiter.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Stripe, StripeAnswer, StripeFailure, StripeRequest, StripeSuccess } from '../ports/stripe.ts';
import type { ApiKey } from './api-key.ts';
import { remainingMs, withEffect, type Call } from './call.ts';
import { canHelp, retryAfter } from './retry.ts';
import { checkGuards, type Guards } from './guards.ts';
import { isInFlight, refusalOf } from './stripe-refusal.ts';

export interface Door {
  /** Sends one request as often as it takes. Each try is a transaction with a token of its own. */
  run(request: StripeRequest, call: Call): Promise<StripeSuccess>;
}

export interface DoorParts {
  readonly stripe: Stripe;
  readonly apiKey: ApiKey;
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly maxWaitMs: number;
  readonly guards: Guards;
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
 * nothing can forget the guards, the limiter, the key or the log.
 */
export function createDoor(parts: DoorParts): Door {
  return {
    async run(request, call) {
      const progress: Progress = { tries: 0, effect: 'none', keyReloaded: false };
      try {
        checkGuards(parts.guards, request);
        return await persist(parts, request, call, progress);
      } catch (error) {
        throw isConnectorError(error) ? withEffect(error, call, progress.effect) : error;
      }
    },
  };
}

async function persist(
  parts: DoorParts,
  request: StripeRequest,
  call: Call,
  progress: Progress,
): Promise<StripeSuccess> {
  const write = request.method !== 'GET';
  for (;;) {
    const key = await parts.apiKey.read();
    checkTestKey(request, key);
    const waitedMs = await takeToken(parts, call);
    const timeoutMs = Math.max(1, Math.min(LONGEST_TRY_MS, remainingMs(call)));
    progress.tries += 1;
    const before = progress.effect;
    // Until the answer is here nobody can tell.
    if (write) progress.effect = 'unknown';
    const started = parts.clock.monotonicMs();
    const answer = await parts.stripe.send(request, key, timeoutMs);
    report(parts, request, call, answer, {
      waitedMs,
      tookMs: parts.clock.monotonicMs() - started,
      tries: progress.tries,
    });
    if (answer.ok) {
      progress.effect = write ? 'done' : 'none';
      return answer;
    }
    if (deletedBefore(request, answer, before)) {
      progress.effect = 'done';
      return { ok: true, body: { id: lastSegment(request.path), deleted: true } };
    }
    progress.effect = write ? effectOf(answer, before) : 'none';
    if (answer.httpStatus === 401 && !progress.keyReloaded) {
      progress.keyReloaded = true;
      if (await parts.apiKey.refresh(key)) continue;
    }
    const pause = retryAfter(answer, progress.tries, parts.random);
    if (pause === undefined || pause >= remainingMs(call)) throw refusalOf(answer, write);
    await parts.clock.sleep(pause);
  }
}

/** Stripe's test helpers work in its sandboxes alone. https://docs.stripe.com/api/test_clocks */
function checkTestKey({ path }: StripeRequest, key: string): void {
  if (!path.includes('/test_helpers/') || !/^(sk|rk)_live_/.test(key)) return;
  throw new ConnectorError('FAILED_PRECONDITION', "Stripe's test helpers are offered with a test key only", {
    reason: 'TEST_KEY_REQUIRED',
  });
}

async function takeToken(parts: DoorParts, call: Call): Promise<number> {
  const left = remainingMs(call);
  if (left <= 0) {
    throw new ConnectorError('DEADLINE_EXCEEDED', 'the deadline of the call is over', { reason: 'DEADLINE' });
  }
  const turn = await parts.limiter.take(Math.min(parts.maxWaitMs, left));
  if (turn.granted) return turn.waitedMs;
  throw new ConnectorError(
    'RESOURCE_EXHAUSTED',
    `the connection's rate is used up; the next free turn is in ${turn.retryAfterMs} ms`,
    {
      reason: 'RATE_LIMIT',
      retryAfterMs: turn.retryAfterMs,
    },
  );
}

/** A DELETE that is repeated after an unknown outcome and finds nothing was done the first time. */
function deletedBefore(request: StripeRequest, answer: StripeFailure, before: Effect): boolean {
  return request.method === 'DELETE' && before === 'unknown' && answer.said.code === 'resource_missing';
}

function lastSegment(path: string): string {
  return decodeURIComponent(path.split('/').at(-1) ?? '');
}

/**
 * What is known of the effect after a failure. Stripe's refusals have none, but those that stand before its
 * idempotency layer (401, 429) or speak of another try (409) say nothing about an earlier, unknown one.
 * https://docs.stripe.com/api/idempotent_requests
 */
function effectOf(failure: StripeFailure, before: Effect): Effect {
  if (failure.kind === 'lost' || (failure.httpStatus ?? 0) >= 500) return 'unknown';
  if (failure.kind === 'unsent') return before;
  if (isInFlight(failure)) return 'unknown';
  const silent = failure.httpStatus === 401 || failure.httpStatus === 429;
  return silent ? before : 'none';
}

interface Timing {
  readonly waitedMs: number;
  readonly tookMs: number;
  readonly tries: number;
}

function report(parts: DoorParts, request: StripeRequest, call: Call, answer: StripeAnswer, timing: Timing): void {
  const requestId = answer.ok ? answer.requestId : answer.said.requestId;
  parts.log.write(answer.ok ? 'INFO' : canHelp(answer) ? 'WARNING' : 'ERROR', 'transaction', {
    call: call.name,
    method: request.method,
    outcome: answer.ok ? 'ok' : (answer.said.code ?? answer.kind),
    ...(answer.ok || answer.httpStatus === undefined ? {} : { status: answer.httpStatus }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(call.operationId === undefined ? {} : { operationId: call.operationId }),
    attempt: timing.tries,
    durationMs: Math.round(timing.tookMs),
    tokenWaitMs: Math.round(timing.waitedMs),
  });
}
