import type { Clock } from '../ports/clock.ts';
import { MIN_WAIT_MS, type CallContext, type Priority, type WaitReason } from './call-context.ts';
import type { RecentRequests } from './activity/recent-requests.ts';
import { writtenObject } from './activity/written-object.ts';
import { isRetryable } from './retry-policy.ts';
import { isDeclined, isMissingObject } from './errors.ts';
import { MAX_LOG_TEXT, type Log, type LogFields, type Severity } from '../ports/log.ts';
import { MARK, redact, redactValue } from '../redact.ts';
import type { StripeResult, StripeRequest } from './transport.ts';
import { responseFileSummary, fileSummary } from './file-part.ts';

/**
 * Returns the log fields of a request for a verbosity: headers from 3, bodies from 4, the TLS connection at 5. They never
 * contain the API key.
 */
export function requestLogFields(verbosity: number, request: StripeRequest, result: StripeResult): LogFields {
  if (verbosity < 3) return {};
  const { method, path, idempotencyKey, account, file } = request;
  const { status, headers } = result.wire ?? { headers: {} };
  const showsBodies = verbosity >= 4;
  return {
    request: {
      method,
      path,
      'idempotency-key': idempotencyKey,
      'stripe-account': account,
      body: showsBodies ? loggedBody(withoutPayload(request)) : undefined,
      file: showsBodies && file !== undefined ? fileSummary(file) : undefined,
    },
    response: { status, headers, body: showsBodies ? loggedResponse(request, result) : undefined },
    tls: verbosity < 5 ? undefined : result.wire?.tls?.(),
  };
}

/** Returns the body of a response, or the message of a failure, for the log. A file is logged as its length and hash. */
function loggedResponse({ responseFileType }: StripeRequest, result: StripeResult): unknown {
  if (!result.ok) return result.message;
  return loggedBody(responseFileType === undefined ? result.body : responseFileSummary(result.body));
}

/** Masks the payload of Stripe's Secret Store, which is a secret. https://docs.stripe.com/api/apps/secret_store */
function withoutPayload({ path, params }: StripeRequest): object {
  return path.startsWith('/v1/apps/secrets') && 'payload' in params ? { ...params, payload: MARK } : params;
}

/** Returns a body for the log. A large body is redacted here and logged as text, which the log then truncates. */
function loggedBody(body: object): unknown {
  const text = JSON.stringify(body);
  return text.length <= MAX_LOG_TEXT ? body : JSON.stringify(redactValue(body));
}

export interface RequestLogDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly recentRequests?: RecentRequests;
  readonly verbosity?: number;
}

/** The times and the waits of one attempt in milliseconds, and the number of the attempt. */
export interface AttemptTiming {
  /** The wait for a permit. */
  readonly waitedMs: number;
  /** The wait for an object after a lock_timeout or a 429 for requests to that object. */
  readonly objectWaitMs?: number;
  readonly latencyMs: number;
  readonly attempts: number;
  readonly priority: Priority;
  /** What delayed the permit. Absent if the request did not wait for the permit. */
  readonly waitedFor?: WaitReason | undefined;
}

/** Returns what a request waited for the longest. */
function longestWait({ waitedMs, objectWaitMs = 0, waitedFor }: AttemptTiming): WaitReason | undefined {
  return objectWaitMs >= MIN_WAIT_MS && (waitedFor === undefined || objectWaitMs > waitedMs) ? 'object' : waitedFor;
}

/** Logs an attempt and its response. */
export function logRequest(
  deps: RequestLogDeps,
  request: StripeRequest,
  call: CallContext,
  result: StripeResult,
  timing: AttemptTiming,
): void {
  const requestId = result.ok ? result.requestId : result.stripeError.requestId;
  const outcome = result.ok ? 'ok' : (result.stripeError.code ?? result.kind);
  const { objectWaitMs = 0 } = timing;
  recordRequest(deps, request, call, outcome, timing, requestId);
  if (call.operationId !== undefined)
    deps.recentRequests?.rememberOperation(call.operationId, {
      call: call.name,
      object: writtenObject(request, result),
    });
  if (result.ok && result.truncated !== undefined)
    deps.log.write('WARNING', "members of Stripe's answer are nested too deep and were left out", {
      call: call.name,
      members: result.truncated.slice(0, 20),
    });
  deps.log.write(severityOf(result, call), 'stripe request', {
    call: call.name,
    method: request.method,
    outcome,
    status: result.ok ? undefined : result.httpStatus,
    requestId,
    operationId: call.operationId,
    attempt: timing.attempts,
    durationMs: Math.round(timing.latencyMs),
    tokenWaitMs: Math.round(timing.waitedMs),
    objectWaitMs: objectWaitMs < MIN_WAIT_MS ? undefined : Math.round(objectWaitMs),
    priority: timing.priority,
    waitedFor: longestWait(timing),
    ...requestLogFields(deps.verbosity ?? 1, request, result),
  });
}

/**
 * Returns the severity of an attempt. A declined card is a WARNING, because an ERROR would trigger the alert. A missing
 * object is INFO if the call allows for it with `mayBeMissing`.
 */
function severityOf(result: StripeResult, { mayBeMissing = false }: CallContext): Severity {
  if (result.ok || (mayBeMissing && isMissingObject(result.stripeError))) return 'INFO';
  return isRetryable(result) || isDeclined(result.stripeError) ? 'WARNING' : 'ERROR';
}

/** Adds an attempt, or a call that got no permit, to the recent requests and to their counts. */
export function recordRequest(
  { recentRequests, clock }: RequestLogDeps,
  { method, path }: StripeRequest,
  { name, operationId }: CallContext,
  outcome: string,
  timing: AttemptTiming,
  requestId?: string,
): void {
  const { waitedMs, objectWaitMs = 0, latencyMs, attempts, priority } = timing;
  recentRequests?.summary.add(clock.monotonicMs(), { durationMs: latencyMs, waitedMs, outcome });
  if (operationId !== undefined) recentRequests?.rememberOperation(operationId, { call: name });
  recentRequests?.add({
    atMs: clock.epochMs(),
    call: name,
    method,
    // A path may contain an id that the caller chose. Such an id can be any text, even a secret.
    path: redact(path),
    outcome: redact(outcome),
    requestId,
    durationMs: Math.round(latencyMs),
    waitedMs: Math.round(waitedMs + objectWaitMs),
    permitWaitMs: Math.round(waitedMs),
    priority,
    waitedFor: longestWait(timing),
    attempt: attempts,
  });
}
