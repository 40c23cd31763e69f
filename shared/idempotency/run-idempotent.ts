import { toConnectorError, type Effect } from '../errors.ts';
import { annotateError, isLeaseExpired, remainingMs, type CallContext } from '../stripe/call-context.ts';
import { effectOf, type PriorKnowledge } from '../stripe/effect.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import {
  claimError,
  expiredError,
  failedAttempt,
  inProgressError,
  notRecordedError,
  parseFailure,
  payloadMismatchError,
  resultError,
} from './operation-errors.ts';
import { claim, earlierCallUs, partsWindowUs, type AttemptWindow, type ClaimResult } from './record/claim.ts';
import { complete, markSucceeded, type AttemptResult } from './record/complete.ts';
import { leasedPrior, type Lease } from './record/lease.ts';
import type { OperationStore } from './store.ts';

export interface IdempotencyDeps {
  readonly operations: OperationStore;
  /** How long a record is kept after its last change, in microseconds. */
  readonly operationRetentionUs: number;
}

/** The operation of a call: its id, and the SHA-256 of the call's payload (`fingerprint`). */
export interface IdempotentOperation {
  readonly id: string;
  readonly fingerprint: string;
  /** The requested expansions as JSON; not part of the payload. Empty for none. */
  readonly expand?: string | undefined;
  /** True if the operation consists of parts with their own operation ids. A repeat continues with the remaining parts. */
  readonly inParts?: boolean | undefined;
}

/** An attempt that has ended, and how to build its result once the outcome is recorded. */
export interface TaskAttempt<T> {
  readonly result: AttemptResult;
  readonly buildResult: () => Promise<T>;
}

/** The work of an operation, and how to rebuild its result from the recorded outcome. */
export interface IdempotentTask<T> {
  /** `leased` is the call bound to the lease. */
  readonly execute: (lease: Lease, leased: CallContext) => Promise<TaskAttempt<T>>;
  readonly replay: (outcome: string, expand: string) => Promise<T>;
  /** Maps a recorded failure to a result; undefined if the failure must be thrown. */
  readonly failed?: (failure: string) => T | undefined;
  /** Reads from Stripe the outcome of attempts that are too old to repeat; undefined if Stripe does not show it. */
  readonly recover?: (attempts: AttemptWindow) => Promise<string | undefined>;
}

/** The lease outlasts the call's deadline by this time, so that a late response is still recorded. */
const LEASE_MARGIN_MS = 5000;

/**
 * Maximum duration of a lease. Longer tasks renew their lease. After a crash, the operation stays locked for up to this
 * time.
 */
const MAX_LEASE_MS = 30_000;

/**
 * Runs a task so that it takes effect at most once per operation id.
 *
 * The id is claimed in the store before the task starts, and its outcome is recorded afterwards.
 * A repeated call with the same payload
 *   - returns the recorded outcome if the task has succeeded,
 *   - runs the task with a new idempotency key if it failed without effect (see `lastRetriedKeyVersion`),
 *   - fails with OPERATION_IN_FLIGHT while another caller holds the lease,
 *   - reruns the task with the same Stripe idempotency key if the outcome is unknown,
 *   - reads the outcome from Stripe if it is unknown and the key is too old to send again.
 * A different payload under the same id fails with OPERATION_ID_REUSED, unless the earlier task is known to have had no
 * effect.
 *
 * @throws ConnectorError; `error.effect` says whether the operation may have taken effect
 */
export async function runIdempotent<T>(
  deps: IdempotencyDeps,
  operation: IdempotentOperation,
  call: CallContext,
  task: IdempotentTask<T>,
): Promise<T> {
  const { id, fingerprint, expand, inParts } = operation;
  const retentionUs = deps.operationRetentionUs;
  const leaseMs = Math.min(MAX_LEASE_MS, Math.round(Math.max(0, remainingMs(call))) + LEASE_MARGIN_MS);
  const transition = claim(fingerprint, leaseMs * 1000, retentionUs, {
    lastRetriedKeyVersion: call.lastRetriedKeyVersion,
    expand,
    windowUs: inParts === true ? partsWindowUs(retentionUs) : undefined,
  });
  const requestedMs = call.clock.monotonicMs();
  let claimed: ClaimResult;
  try {
    claimed = await deps.operations.create(id, transition);
  } catch (cause) {
    // The record could not be read: an earlier call with this id may have taken effect.
    throw annotateError(claimError(cause, call), call, effectWithoutAttempt('unread', call));
  }
  const earlierUs = earlierCallUs(claimed);
  if (earlierUs !== undefined && call.written !== undefined) call.written.repeatedMs ??= earlierUs / 1000;
  switch (claimed.kind) {
    case 'completed':
      if (call.part === undefined) call.responseFlags?.add('replayed');
      return buildRecordedResult(call, () => task.replay(claimed.outcome, claimed.expand));
    case 'inProgress':
      throw annotateError(inProgressError(claimed.retryAfterMs), call, effectWithoutAttempt('in flight', call));
    case 'failed': {
      call.responseFlags?.add('replayed');
      const result = task.failed?.(claimed.failure);
      if (result !== undefined) return result;
      throw annotateError(parseFailure(claimed.failure, claimed.keyVersion), call, effectWithoutAttempt('none', call));
    }
    case 'payloadMismatch':
      throw annotateError(payloadMismatchError(), call, claimed.effect);
    case 'expired':
      return recoverExpired(deps, id, claimed.attempts, call, task);
    case 'acquired': {
      const keeper = new LeaseKeeper(deps.operations, id, claimed.lease, leaseMs, call.clock);
      return keeper.during(requestedMs, () => executeUnderLease(deps, id, claimed.lease, keeper.bind(call), task));
    }
  }
}

/** Executes the task, records how the attempt ended, and returns the result of the task. */
async function executeUnderLease<T>(
  deps: IdempotencyDeps,
  id: string,
  lease: Lease,
  call: CallContext,
  task: IdempotentTask<T>,
): Promise<T> {
  const record = async ({ result }: Pick<TaskAttempt<T>, 'result'>): Promise<boolean> =>
    deps.operations.replaceOwn(id, complete(lease, result, deps.operationRetentionUs));
  let attempt: TaskAttempt<T>;
  try {
    attempt = await task.execute(lease, call);
  } catch (cause) {
    const error = annotateError(toConnectorError(cause), call, leasedPrior(lease));
    error.keyVersion = lease.keyVersion;
    // If recording fails, the next caller takes over after the lease has expired.
    const recorded = await record({ result: failedAttempt(error, lease) }).catch(() => false);
    if (!recorded && error.effect === 'none' && isLeaseExpired(call))
      error.effect = effectWithoutAttempt('in flight', call);
    throw error;
  }
  if (attempt.result.event !== 'success') {
    // The operation is not finished: some of its parts are still to be done. If recording fails, the next call
    // continues with them after the lease has expired.
    await record(attempt).catch(() => false);
    return attempt.buildResult();
  }
  await recordSuccess(call, () => record(attempt));
  return buildRecordedResult(call, attempt.buildResult);
}

/**
 * Recovers the outcome from Stripe, because a repeat is no longer safe. Throws OPERATION_EXPIRED if Stripe does not
 * show the outcome.
 */
async function recoverExpired<T>(
  deps: IdempotencyDeps,
  id: string,
  attempts: AttemptWindow,
  call: CallContext,
  task: IdempotentTask<T>,
): Promise<T> {
  let outcome: string | undefined;
  try {
    outcome = await task.recover?.(attempts);
  } catch (cause) {
    throw annotateError(toConnectorError(cause), call, effectWithoutAttempt('unknown', call));
  }
  if (outcome === undefined) throw annotateError(expiredError(), call, effectWithoutAttempt('unknown', call));
  const recovered = outcome;
  await recordSuccess(call, () =>
    deps.operations.update(id, markSucceeded(attempts, recovered, deps.operationRetentionUs)),
  );
  call.responseFlags?.add('replayed');
  return buildRecordedResult(call, () => task.replay(recovered, ''));
}

/** Returns the effect to report if this call sends nothing. */
function effectWithoutAttempt(prior: PriorKnowledge, { freshId }: CallContext): Effect {
  return effectOf({ prior, event: 'not attempted', method: 'POST', freshId: freshId === true }).effect;
}

/** Returns the effect to report if the outcome of a success cannot be recorded, or its object cannot be read. */
function effectAfterSuccess(event: 'not recorded' | 'result unreadable'): Effect {
  return effectOf({ prior: 'done', event, method: 'POST' }).effect;
}

/** Builds the result of a recorded operation. A failure here reports effect `done`. */
async function buildRecordedResult<T>(call: CallContext, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (cause) {
    throw annotateError(resultError(cause), call, effectAfterSuccess('result unreadable'));
  }
}

/**
 * Records a successful outcome. If recording fails, the error has the effect `done` and tells the caller to repeat the
 * call with the same operationId.
 */
async function recordSuccess(call: CallContext, record: () => Promise<boolean>): Promise<void> {
  try {
    await record();
  } catch (cause) {
    throw annotateError(notRecordedError(cause), call, effectAfterSuccess('not recorded'));
  }
}
