import { ConnectorError, unforeseen } from '../errors.ts';
import { usesUpKey } from '../stripe/effect.ts';
import { begin, end, partsWindowUs, settle, type Begun, type Ended, type Lease, type Period } from './record.ts';
import type { OperationStore } from './store.ts';
import { isStoreFault } from '../ports/store-errors.ts';
import { remainingMs, withEffect, type Call } from '../stripe/call-context.ts';
import { Tenure } from './lease-keeper.ts';

export interface OnceParts {
  readonly operations: OperationStore;
  /** Microseconds that an operation is remembered after its last change. */
  readonly operationsKeptUs: number;
}

/** What an operation is: its id, and the payload that the id stands for. */
export interface Operation {
  readonly id: string;
  readonly fingerprint: string;
  /** The expansions that this call asks for, JSON: no part of the payload. Empty for none. */
  readonly expand?: string;
  /** It is done in parts, each an operation of its own; a repeat goes on with those that are left. */
  readonly inParts?: true;
}

/** What it does under a lease, and how its kept outcome becomes the same result again. */
export interface Doing<T> {
  /** `leased` is the call, bound to its lease. `show` makes the result, after the outcome is recorded. */
  readonly work: (lease: Lease, leased: Call) => Promise<{ readonly show: () => Promise<T>; readonly ended: Ended }>;
  readonly replay: (outcome: string, expand: string) => Promise<T>;
  /** The result that a kept failure stands for; undefined where it is an error. */
  readonly failed?: (failure: string) => T | undefined;
  /** Reads back what became of tries that are too old to be repeated; undefined where Stripe does not show it. */
  readonly readBack?: (period: Period) => Promise<string | undefined>;
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
export async function once<T>(parts: OnceParts, operation: Operation, call: Call, doing: Doing<T>): Promise<T> {
  const { id, fingerprint, expand } = operation;
  const window = operation.inParts === true ? partsWindowUs(parts.operationsKeptUs) : undefined;
  const leaseMs = Math.min(LONGEST_LEASE_MS, Math.round(Math.max(0, remainingMs(call))) + LEASE_MARGIN_MS);
  const first = begin(fingerprint, leaseMs * 1000, parts.operationsKeptUs, call.retriesAfter, expand, window);
  const askedMs = call.clock.monotonicMs();
  let begun: Begun;
  try {
    begun = await parts.operations.update(id, first, 'none');
  } catch (cause) {
    // What the record says is not known: an earlier call with the id may have had its effect.
    throw withEffect(unread(cause, call), call, call.freshId === true ? 'none' : 'unknown');
  }
  switch (begun.may) {
    case 'replay':
      if (call.part === undefined) call.told?.add('replayed');
      return replayed(call, () => doing.replay(begun.outcome, begun.expand));
    case 'wait':
      throw withEffect(inFlight(begun.retryAfterMs), call, 'unknown');
    case 'fail': {
      call.told?.add('replayed');
      const result = doing.failed?.(begun.failure);
      if (result !== undefined) return result;
      throw withEffect(failureOf(begun.failure, begun.generation), call, 'none');
    }
    case 'not':
      throw withEffect(otherPayload(), call, begun.effect);
    case 'read back':
      return settled(parts, id, begun.period, call, doing);
    case 'work': {
      const tenure = new Tenure(parts.operations, id, begun.lease, leaseMs, call.clock);
      return tenure.during(askedMs, () => worked(parts, id, begun.lease, tenure.bind(call), doing));
    }
  }
}

async function worked<T>(parts: OnceParts, id: string, lease: Lease, call: Call, doing: Doing<T>): Promise<T> {
  const last = (ended: Ended): Promise<boolean> =>
    parts.operations.update(id, end(lease, ended, parts.operationsKeptUs), 'own');
  let done: { readonly show: () => Promise<T>; readonly ended: Ended };
  try {
    done = await doing.work(lease, call);
  } catch (cause) {
    const error = withEffect(unforeseen(cause), call, lease.repeats ? 'unknown' : 'none');
    error.generation = lease.generation;
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
async function settled<T>(parts: OnceParts, id: string, period: Period, call: Call, doing: Doing<T>): Promise<T> {
  let outcome: string | undefined;
  try {
    outcome = await doing.readBack?.(period);
  } catch (cause) {
    throw withEffect(unforeseen(cause), call, 'unknown');
  }
  if (outcome === undefined) throw withEffect(tooOld(), call, 'unknown');
  const found = outcome;
  await recorded(call, parts.operations.update(id, settle(period, found, parts.operationsKeptUs)));
  call.told?.add('replayed');
  return replayed(call, () => doing.replay(found, ''));
}

/** What fails once the operation is recorded as done does not undo it. */
async function replayed<T>(call: Call, replay: () => Promise<T>): Promise<T> {
  try {
    return await replay();
  } catch (cause) {
    const { status, message, facts } = unforeseen(cause);
    const told = `the operation is done, but its result cannot be read again now: ${message}`;
    throw withEffect(new ConnectorError(status, told, facts), call, 'done');
  }
}

/** What a failed try leaves behind. */
function endedBy(error: ConnectorError): Ended {
  const requestId = error.facts.stripe?.requestId;
  // Its result is not known here: a repeat says so, and sends nothing.
  if (error.effect === 'done') return { effect: 'done', outcome: '', requestId };
  if (error.effect !== 'none') return { effect: 'unknown', requestId };
  const sent = usesUpKey(error.evidence, error.facts.reason);
  return { effect: 'none', sent, requestId, ...(sent ? { failure: keptFailure(error) } : {}) };
}

/** What is kept of a failure that may stand. */
function keptFailure({ status, message, facts }: ConnectorError): string {
  const { cause: _cause, ...kept } = facts;
  return JSON.stringify({ status, message, facts: kept });
}

function failureOf(failure: string, generation: number): ConnectorError {
  const { status, message, facts } = JSON.parse(failure) as Pick<ConnectorError, 'status' | 'message' | 'facts'>;
  const error = new ConnectorError(status, message, facts);
  error.generation = generation;
  return error;
}

/** Without a record nothing is sent. */
function unread(cause: unknown, { freshId }: Call): ConnectorError {
  if (isStoreFault(cause)) return unforeseen(cause);
  const earlier = freshId === true ? '' : '; an earlier call with this operationId may have taken effect';
  return new ConnectorError(
    'UNAVAILABLE',
    `the record of the operation cannot be read or written; this call sent nothing to Stripe${earlier}`,
    { reason: 'OPERATIONS_UNAVAILABLE', retryAfterMs: 1000, cause },
  );
}

/** A done operation that cannot be recorded says so, and a repeat finds it. */
async function recorded(call: Call, step: Promise<boolean>): Promise<void> {
  try {
    await step;
  } catch (cause) {
    const message =
      'the operation is done, but could not be recorded; repeat it with the same operationId for its outcome';
    throw withEffect(
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
    { reason: 'OPERATION_TOO_OLD', retryable: false },
  );
}
