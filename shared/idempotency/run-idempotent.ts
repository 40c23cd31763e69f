import { ConnectorError, toConnectorError } from '../errors.ts';
import { usesUpKey } from '../stripe/effect.ts';
import {
  claim,
  complete,
  partsWindowUs,
  markSucceeded,
  type ClaimResult,
  type AttemptResult,
  type Lease,
  type AttemptWindow,
} from './record.ts';
import type { OperationStore } from './store.ts';
import { isStoreFault } from '../ports/store-errors.ts';
import { remainingMs, annotateError, type CallContext } from '../stripe/call-context.ts';
import { LeaseKeeper } from './lease-keeper.ts';

export interface IdempotencyDeps {
  readonly operations: OperationStore;
  /** Microseconds that an operation is remembered after its last change. */
  readonly operationsKeptUs: number;
}

/** What an operation is: its id, and the payload that the id stands for. */
export interface IdempotentOperation {
  readonly id: string;
  readonly fingerprint: string;
  /** The expansions that this call asks for, JSON: no part of the payload. Empty for none. */
  readonly expand?: string;
  /** It is done in parts, each an operation of its own; a repeat goes on with those that are left. */
  readonly inParts?: true;
}

/** What it does under a lease, and how its kept outcome becomes the same result again. */
export interface IdempotentTask<T> {
  /** `leased` is the call, bound to its lease. `show` makes the result, after the outcome is recorded. */
  readonly execute: (
    lease: Lease,
    leased: CallContext,
  ) => Promise<{ readonly show: () => Promise<T>; readonly ended: AttemptResult }>;
  readonly replay: (outcome: string, expand: string) => Promise<T>;
  /** The result that a kept failure stands for; undefined where it is an error. */
  readonly failed?: (failure: string) => T | undefined;
  /** Reads back what became of tries that are too old to be repeated; undefined where Stripe does not show it. */
  readonly readBack?: (period: AttemptWindow) => Promise<string | undefined>;
}

/** Milliseconds beyond the call's deadline that its lease lasts: an answer that is on its way still counts. */
const LEASE_MARGIN_MS = 5000;

/** Milliseconds of a lease at most; whoever works longer renews it. A crashed caller's operation waits as long. */
const LONGEST_LEASE_MS = 30_000;

/** Milliseconds after which another caller of the same id should ask again, at most. */
const ASK_AGAIN_MS = 2000;

/**
 * One operation id, one effect. It is recorded before anything is sent and its outcome after; the same id with the same
 * payload is answered from the record, while a caller works on it others wait, and what is not known is repeated under the
 * same key. Every error that leaves here says what is known of the effect.
 */
export async function runIdempotent<T>(
  deps: IdempotencyDeps,
  operation: IdempotentOperation,
  call: CallContext,
  doing: IdempotentTask<T>,
): Promise<T> {
  const { id, fingerprint, expand } = operation;
  const window = operation.inParts === true ? partsWindowUs(deps.operationsKeptUs) : undefined;
  const leaseMs = Math.min(LONGEST_LEASE_MS, Math.round(Math.max(0, remainingMs(call))) + LEASE_MARGIN_MS);
  const first = claim(fingerprint, leaseMs * 1000, deps.operationsKeptUs, call.retriesAfter, expand, window);
  const askedMs = call.clock.monotonicMs();
  let begun: ClaimResult;
  try {
    begun = await deps.operations.update(id, first, 'none');
  } catch (cause) {
    // What the record says is not known: an earlier call with the id may have had its effect.
    throw annotateError(unread(cause, call), call, call.freshId === true ? 'none' : 'unknown');
  }
  switch (begun.kind) {
    case 'completed':
      if (call.part === undefined) call.responseFlags?.add('replayed');
      return replayed(call, () => doing.replay(begun.outcome, begun.expand));
    case 'inProgress':
      throw annotateError(inFlight(begun.retryAfterMs), call, 'unknown');
    case 'failed': {
      call.responseFlags?.add('replayed');
      const result = doing.failed?.(begun.failure);
      if (result !== undefined) return result;
      throw annotateError(failureOf(begun.failure, begun.keyVersion), call, 'none');
    }
    case 'payloadMismatch':
      throw annotateError(otherPayload(), call, begun.effect);
    case 'expired':
      return settled(deps, id, begun.period, call, doing);
    case 'acquired': {
      const tenure = new LeaseKeeper(deps.operations, id, begun.lease, leaseMs, call.clock);
      return tenure.during(askedMs, () => worked(deps, id, begun.lease, tenure.bind(call), doing));
    }
  }
}

async function worked<T>(
  deps: IdempotencyDeps,
  id: string,
  lease: Lease,
  call: CallContext,
  doing: IdempotentTask<T>,
): Promise<T> {
  const last = (ended: AttemptResult): Promise<boolean> =>
    deps.operations.update(id, complete(lease, ended, deps.operationsKeptUs), 'own');
  let done: { readonly show: () => Promise<T>; readonly ended: AttemptResult };
  try {
    done = await doing.execute(lease, call);
  } catch (cause) {
    const error = annotateError(toConnectorError(cause), call, lease.repeats ? 'unknown' : 'none');
    error.keyVersion = lease.keyVersion;
    // What cannot be recorded now is found by the next caller when the lease has lapsed.
    await last(endedBy(error)).catch(() => false);
    throw error;
  }
  if (done.ended.effect !== 'done') {
    // A clause of which rows are left: the next call finds the lapsed lease, and goes on.
    await last(done.ended).catch(() => false);
    return done.show();
  }
  await recorded(call, last(done.ended));
  return replayed(call, done.show);
}

/** Past the time in which a repeat is safe only what Stripe shows can tell. */
async function settled<T>(
  deps: IdempotencyDeps,
  id: string,
  period: AttemptWindow,
  call: CallContext,
  doing: IdempotentTask<T>,
): Promise<T> {
  let outcome: string | undefined;
  try {
    outcome = await doing.readBack?.(period);
  } catch (cause) {
    throw annotateError(toConnectorError(cause), call, 'unknown');
  }
  if (outcome === undefined) throw annotateError(tooOld(), call, 'unknown');
  const recovered = outcome;
  await recorded(call, deps.operations.update(id, markSucceeded(period, recovered, deps.operationsKeptUs)));
  call.responseFlags?.add('replayed');
  return replayed(call, () => doing.replay(recovered, ''));
}

/** What fails once the operation is recorded as done does not undo it. */
async function replayed<T>(call: CallContext, replay: () => Promise<T>): Promise<T> {
  try {
    return await replay();
  } catch (cause) {
    const { status, message, details } = toConnectorError(cause);
    const told = `the operation is done, but its result cannot be read again now: ${message}`;
    throw annotateError(new ConnectorError(status, told, details), call, 'done');
  }
}

/** What a failed try leaves behind. */
function endedBy(error: ConnectorError): AttemptResult {
  const requestId = error.details.stripe?.requestId;
  // Its result is not known here: a repeat says so, and sends nothing.
  if (error.effect === 'done') return { effect: 'done', outcome: '', requestId };
  if (error.effect !== 'none') return { effect: 'unknown', requestId };
  const sent = usesUpKey(error.evidence, error.details.reason);
  return { effect: 'none', sent, requestId, ...(sent ? { failure: keptFailure(error) } : {}) };
}

/** What is kept of a failure that may stand. */
function keptFailure({ status, message, details }: ConnectorError): string {
  const { cause: _cause, ...kept } = details;
  return JSON.stringify({ status, message, details: kept });
}

function failureOf(failure: string, keyVersion: number): ConnectorError {
  const { status, message, details } = JSON.parse(failure) as Pick<ConnectorError, 'status' | 'message' | 'details'>;
  const error = new ConnectorError(status, message, details);
  error.keyVersion = keyVersion;
  return error;
}

/** Without a record nothing is sent. */
function unread(cause: unknown, { freshId }: CallContext): ConnectorError {
  if (isStoreFault(cause)) return toConnectorError(cause);
  const earlier = freshId === true ? '' : '; an earlier call with this operationId may have taken effect';
  return new ConnectorError(
    'UNAVAILABLE',
    `the record of the operation cannot be read or written; this call sent nothing to Stripe${earlier}`,
    { reason: 'OPERATIONS_UNAVAILABLE', retryAfterMs: 1000, cause },
  );
}

/** A done operation that cannot be recorded says so, and a repeat finds it. */
async function recorded(call: CallContext, step: Promise<boolean>): Promise<void> {
  try {
    await step;
  } catch (cause) {
    const message =
      'the operation is done, but could not be recorded; repeat it with the same operationId for its outcome';
    throw annotateError(
      new ConnectorError('UNAVAILABLE', message, { reason: 'OPERATIONS_UNAVAILABLE', retryAfterMs: 1000, cause }),
      call,
      'done',
    );
  }
}

function inFlight(leftMs: number): ConnectorError {
  return new ConnectorError('ABORTED', 'the same operationId is being worked on; ask again shortly', {
    reason: 'OPERATION_IN_FLIGHT',
    retryAfterMs: Math.min(ASK_AGAIN_MS, leftMs),
  });
}

function otherPayload(): ConnectorError {
  return new ConnectorError(
    'ALREADY_EXISTS',
    'this operationId was used with another payload; the effect told here is that of its first payload',
    {
      reason: 'OPERATION_ID_REUSED',
    },
  );
}

function tooOld(): ConnectorError {
  return new ConnectorError(
    'FAILED_PRECONDITION',
    'whether this operation took effect is not known, and it is too long ago to repeat it safely: look at the object at Stripe, then settle it by npm run operations -- resolve',
    { reason: 'OPERATION_EXPIRED', retryable: false },
  );
}
