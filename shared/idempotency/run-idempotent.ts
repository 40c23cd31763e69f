import { ConnectorError, toConnectorError, type Effect } from '../errors.ts';
import { effectOf, type PriorKnowledge } from '../stripe/effect.ts';
import {
  claim,
  complete,
  leasedPrior,
  partsWindowUs,
  markSucceeded,
  type ClaimResult,
  type AttemptResult,
  type Lease,
  type AttemptWindow,
} from './record.ts';
import type { OperationStore } from './store.ts';
import { isStoreFault } from '../ports/store-errors.ts';
import { annotateError, isLapsed, remainingMs, type CallContext } from '../stripe/call-context.ts';
import { LeaseKeeper } from './lease-keeper.ts';

export interface IdempotencyDeps {
  readonly operations: OperationStore;
  /** Microseconds that an operation is remembered after its last change. */
  readonly operationsKeptUs: number;
}

/** An operation id with the payload that the id was first used for. */
export interface IdempotentOperation {
  readonly id: string;
  readonly fingerprint: string;
  /** The requested expansions as JSON; not part of the payload. Empty for none. */
  readonly expand?: string;
  /** The operation consists of parts with their own operation ids. A repeat continues with the remaining parts. */
  readonly inParts?: true;
}

/** The work of an operation, and how to rebuild its result from the recorded outcome. */
export interface IdempotentTask<T> {
  /** `leased` is the call bound to the lease. `show` builds the result after the outcome is recorded. */
  readonly execute: (
    lease: Lease,
    leased: CallContext,
  ) => Promise<{ readonly show: () => Promise<T>; readonly ended: AttemptResult }>;
  readonly replay: (outcome: string, expand: string) => Promise<T>;
  /** Maps a recorded failure to a result; undefined if the failure must be thrown. */
  readonly failed?: (failure: string) => T | undefined;
  /** Reads the outcome of attempts that are too old to repeat from Stripe; undefined if Stripe does not show it. */
  readonly readBack?: (period: AttemptWindow) => Promise<string | undefined>;
}

/** The lease outlasts the call's deadline by this time, so that a late response is still recorded. */
const LEASE_MARGIN_MS = 5000;

/** Longer tasks renew their lease. After a crash, the operation stays locked for up to this time. */
const MAX_LEASE_MS = 30_000;

/** Upper bound of the retry delay for another caller with the same id. */
const MAX_RETRY_DELAY_MS = 2000;

/**
 * Runs a task at most once per operation id.
 *
 * The id is claimed in the store before the task starts, and its outcome is recorded afterwards.
 * A repeated call with the same payload
 *   - returns the recorded outcome if the task has finished,
 *   - fails with OPERATION_IN_FLIGHT while another caller holds the lease,
 *   - reruns the task with the same Stripe idempotency key if the outcome is unknown.
 * A different payload under the same id fails with OPERATION_ID_REUSED.
 *
 * @throws ConnectorError; `error.effect` says whether the operation may have taken effect
 */
export async function runIdempotent<T>(
  deps: IdempotencyDeps,
  operation: IdempotentOperation,
  call: CallContext,
  task: IdempotentTask<T>,
): Promise<T> {
  const { id, fingerprint, expand } = operation;
  const window = operation.inParts === true ? partsWindowUs(deps.operationsKeptUs) : undefined;
  const leaseMs = Math.min(MAX_LEASE_MS, Math.round(Math.max(0, remainingMs(call))) + LEASE_MARGIN_MS);
  const first = claim(fingerprint, leaseMs * 1000, deps.operationsKeptUs, call.retriesAfter, expand, window);
  const requestedMs = call.clock.monotonicMs();
  let claimed: ClaimResult;
  try {
    claimed = await deps.operations.create(id, first);
  } catch (cause) {
    // The record could not be read: an earlier call with this id may have taken effect.
    throw annotateError(claimError(cause, call), call, unattempted('unread', call));
  }
  switch (claimed.kind) {
    case 'completed':
      if (call.part === undefined) call.responseFlags?.add('replayed');
      return buildResult(call, () => task.replay(claimed.outcome, claimed.expand));
    case 'inProgress':
      throw annotateError(inProgressError(claimed.retryAfterMs), call, unattempted('in flight', call));
    case 'failed': {
      call.responseFlags?.add('replayed');
      const result = task.failed?.(claimed.failure);
      if (result !== undefined) return result;
      throw annotateError(parseFailure(claimed.failure, claimed.keyVersion), call, unattempted('none', call));
    }
    case 'payloadMismatch':
      throw annotateError(payloadMismatchError(), call, claimed.effect);
    case 'expired':
      return recoverExpired(deps, id, claimed.period, call, task);
    case 'acquired': {
      const keeper = new LeaseKeeper(deps.operations, id, claimed.lease, leaseMs, call.clock);
      return keeper.during(requestedMs, () => executeUnderLease(deps, id, claimed.lease, keeper.bind(call), task));
    }
  }
}

async function executeUnderLease<T>(
  deps: IdempotencyDeps,
  id: string,
  lease: Lease,
  call: CallContext,
  task: IdempotentTask<T>,
): Promise<T> {
  const last = (ended: AttemptResult): Promise<boolean> =>
    deps.operations.replaceOwn(id, complete(lease, ended, deps.operationsKeptUs));
  let attempt: { readonly show: () => Promise<T>; readonly ended: AttemptResult };
  try {
    attempt = await task.execute(lease, call);
  } catch (cause) {
    const error = annotateError(toConnectorError(cause), call, leasedPrior(lease));
    error.keyVersion = lease.keyVersion;
    // If recording fails, the next caller takes over after the lease has expired.
    const recorded = await last(failedAttempt(error, lease)).catch(() => false);
    if (!recorded && error.effect === 'none' && isLapsed(call)) error.effect = unattempted('in flight', call);
    throw error;
  }
  if (attempt.ended.event !== 'success') {
    // Rows of the clause remain: the next call continues after the lease has expired.
    await last(attempt.ended).catch(() => false);
    return attempt.show();
  }
  await awaitRecording(call, last(attempt.ended));
  return buildResult(call, attempt.show);
}

/** Recovers the outcome from Stripe once a repeat is no longer safe. */
async function recoverExpired<T>(
  deps: IdempotencyDeps,
  id: string,
  period: AttemptWindow,
  call: CallContext,
  task: IdempotentTask<T>,
): Promise<T> {
  let outcome: string | undefined;
  try {
    outcome = await task.readBack?.(period);
  } catch (cause) {
    throw annotateError(toConnectorError(cause), call, unattempted('unknown', call));
  }
  if (outcome === undefined) throw annotateError(expiredError(), call, unattempted('unknown', call));
  const recovered = outcome;
  await awaitRecording(call, deps.operations.update(id, markSucceeded(period, recovered, deps.operationsKeptUs)));
  call.responseFlags?.add('replayed');
  return buildResult(call, () => task.replay(recovered, ''));
}

/** The effect to report if nothing is sent in this call. */
function unattempted(prior: PriorKnowledge, { freshId }: CallContext): Effect {
  return effectOf({ prior, event: 'not attempted', method: 'POST', freshId: freshId === true }).effect;
}

/** The effect to report if the outcome of a success cannot be recorded, or its object cannot be read. */
function succeeded(event: 'not recorded' | 'result unreadable'): Effect {
  return effectOf({ prior: 'done', event, method: 'POST' }).effect;
}

/** Builds the result of a recorded operation. A failure here reports effect `done`. */
async function buildResult<T>(call: CallContext, replay: () => Promise<T>): Promise<T> {
  try {
    return await replay();
  } catch (cause) {
    const { status, message, details } = toConnectorError(cause);
    const text = `the operation succeeded, but its result could not be read: ${message}`;
    throw annotateError(new ConnectorError(status, text, details), call, succeeded('result unreadable'));
  }
}

/** A failed attempt as the record takes it. Without evidence, the attempt sent nothing. */
function failedAttempt(error: ConnectorError, lease: Lease): AttemptResult {
  const { evidence: event = 'unsent', effect = leasedPrior(lease) } = error;
  // Nothing sent leaves open what earlier attempts did.
  const prior = error.evidence === undefined && effect === 'none' ? leasedPrior(lease) : effect;
  // Of a success there is no result: a repeat fails with OUTCOME_NOT_KEPT and sends nothing.
  const outcome = prior === 'done' ? '' : serializeFailure(error);
  return { event, prior, outcome, requestId: error.details.stripe?.requestId };
}

/** Serializes a failure for the record, without its cause. */
function serializeFailure({ status, message, details }: ConnectorError): string {
  const { cause: _cause, ...kept } = details;
  return JSON.stringify({ status, message, details: kept });
}

function parseFailure(failure: string, keyVersion: number): ConnectorError {
  const { status, message, details } = JSON.parse(failure) as Pick<ConnectorError, 'status' | 'message' | 'details'>;
  const error = new ConnectorError(status, message, details);
  error.keyVersion = keyVersion;
  return error;
}

/** The error for a failed claim. Nothing was sent to Stripe. */
function claimError(cause: unknown, { freshId }: CallContext): ConnectorError {
  if (isStoreFault(cause)) return toConnectorError(cause);
  const earlier = freshId === true ? '' : '; an earlier call with this operationId may have taken effect';
  return new ConnectorError(
    'UNAVAILABLE',
    `the operation record could not be read or written; this call sent nothing to Stripe${earlier}`,
    { reason: 'OPERATIONS_UNAVAILABLE', retryAfterMs: 1000, cause },
  );
}

/** Waits for the outcome to be recorded. On failure, the error reports effect `done` and asks for a repeat. */
async function awaitRecording(call: CallContext, step: Promise<boolean>): Promise<void> {
  try {
    await step;
  } catch (cause) {
    const message =
      'the operation succeeded, but could not be recorded; repeat it with the same operationId to get its outcome';
    throw annotateError(
      new ConnectorError('UNAVAILABLE', message, { reason: 'OPERATIONS_UNAVAILABLE', retryAfterMs: 1000, cause }),
      call,
      succeeded('not recorded'),
    );
  }
}

function inProgressError(leftMs: number): ConnectorError {
  return new ConnectorError('ABORTED', 'another call with this operationId is in progress; retry shortly', {
    reason: 'OPERATION_IN_FLIGHT',
    retryAfterMs: Math.min(MAX_RETRY_DELAY_MS, leftMs),
  });
}

function payloadMismatchError(): ConnectorError {
  return new ConnectorError(
    'ALREADY_EXISTS',
    'this operationId was already used with a different payload; `effect` is that of the first payload',
    {
      reason: 'OPERATION_ID_REUSED',
    },
  );
}

function expiredError(): ConnectorError {
  return new ConnectorError(
    'FAILED_PRECONDITION',
    'it is unknown whether this operation took effect, and it is too old to repeat safely; check the object at Stripe, then resolve it with npm run operations -- resolve',
    { reason: 'OPERATION_EXPIRED', retryable: false },
  );
}
