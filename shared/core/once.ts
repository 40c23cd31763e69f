import { isConnectorError, ConnectorError, type Effect } from '../errors.ts';
import { begin, end, settle, type Ended, type Lease, type Period } from '../idempotency/operation.ts';
import type { OperationStore } from '../ports/operation-store.ts';
import { remainingMs, withEffect, type Call } from './call.ts';
import { Tenure } from './tenure.ts';

export interface OnceParts {
  readonly operations: OperationStore;
  /** Microseconds that an operation is remembered after its last change. */
  readonly operationsKeptUs: number;
}

/** What an operation is: its id, and the payload that the id stands for. */
export interface Operation {
  readonly id: string;
  readonly fingerprint: string;
}

/** What it does under a lease, and how its kept outcome becomes the same result again. */
export interface Doing<T> {
  /** `leased` is the call, bound to its lease. */
  readonly work: (lease: Lease, leased: Call) => Promise<{ readonly result: T; readonly ended: Ended }>;
  readonly replay: (outcome: string) => Promise<T>;
  /** Reads back what became of tries that are too old to be repeated: the outcome, or undefined where nobody can tell. */
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
 * payload is answered from the record, while somebody works on it others are told to wait, and what is not known is
 * repeated under the same key.
 */
export async function once<T>(
  parts: OnceParts,
  { id, fingerprint }: Operation,
  call: Call,
  doing: Doing<T>,
): Promise<T> {
  const leaseMs = Math.min(LONGEST_LEASE_MS, Math.round(Math.max(0, remainingMs(call))) + LEASE_MARGIN_MS);
  const first = begin(fingerprint, leaseMs * 1000, parts.operationsKeptUs, call.retriesAfter);
  const askedMs = call.clock.monotonicMs();
  const begun = await recorded(call, 'none', parts.operations.update(id, first, 'none'));
  switch (begun.may) {
    case 'replay':
      if (call.part === undefined) call.told?.add('replayed');
      return doing.replay(begun.outcome);
    case 'wait':
      throw withEffect(inFlight(begun.retryAfterMs), call, 'unknown');
    case 'fail':
      call.told?.add('replayed');
      throw withEffect(failureOf(begun.failure, begun.generation), call, 'none');
    case 'not':
      throw withEffect(otherPayload(), call, 'none');
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
  let done: { readonly result: T; readonly ended: Ended };
  try {
    done = await doing.work(lease, call);
  } catch (error) {
    if (isConnectorError(error)) error.generation = lease.generation;
    // What cannot be recorded now is found by the next caller when the lease has lapsed.
    await last(endedBy(error)).catch(() => false);
    throw error;
  }
  await recorded(call, 'done', last(done.ended));
  return done.result;
}

/** Past the time in which a repeat is safe only what Stripe shows can tell. */
async function settled<T>(parts: OnceParts, id: string, period: Period, call: Call, doing: Doing<T>): Promise<T> {
  const outcome = await doing.readBack?.(period).catch((error: unknown) => {
    if (isConnectorError(error)) error.effect = 'unknown';
    throw error;
  });
  if (outcome === undefined) throw withEffect(tooOld(), call, 'unknown');
  const last = settle(period, outcome, parts.operationsKeptUs);
  await recorded(call, 'done', parts.operations.update(id, last));
  call.told?.add('replayed');
  return doing.replay(outcome);
}

/** Reasons of a refusal that uses up nothing of the key: Stripe's 401 and 429 stand before its idempotency. */
const BEFORE_THE_KEY: ReadonlySet<string> = new Set(['API_KEY_REJECTED', 'OPERATION_ID_REUSED', 'STRIPE_UNREACHABLE']);

/** What a failed try leaves behind. */
function endedBy(error: unknown): Ended {
  if (!isConnectorError(error)) return { effect: 'unknown' };
  const requestId = error.facts.stripe?.requestId;
  if (error.effect === 'unknown') return { effect: 'unknown', requestId };
  const definite =
    error.facts.stripe !== undefined &&
    error.status !== 'RESOURCE_EXHAUSTED' &&
    !BEFORE_THE_KEY.has(error.facts.reason);
  return { effect: 'none', sent: definite, requestId, ...(definite ? { failure: keptFailure(error) } : {}) };
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

/** Without a record nothing is sent; a done thing that cannot be recorded says so, and a repeat finds it. */
function recorded<T>(call: Call, effect: Effect, step: Promise<T>): Promise<T> {
  return step.catch((cause: unknown) => {
    const message =
      effect === 'none'
        ? 'the operation cannot be recorded; nothing was sent to Stripe'
        : 'the operation is done, but could not be recorded; repeat it with the same operationId for its outcome';
    throw withEffect(
      new ConnectorError('UNAVAILABLE', message, { reason: 'OPERATIONS_UNAVAILABLE', retryAfterMs: 1000, cause }),
      call,
      effect,
    );
  });
}

function inFlight(leftMs: number): ConnectorError {
  return new ConnectorError('ABORTED', 'the same operationId is being worked on; ask again shortly', {
    reason: 'OPERATION_IN_FLIGHT',
    retryAfterMs: Math.min(ASK_AGAIN_MS, leftMs),
  });
}

function otherPayload(): ConnectorError {
  return new ConnectorError('ALREADY_EXISTS', 'this operationId was used with another payload', {
    reason: 'OPERATION_ID_REUSED',
  });
}

function tooOld(): ConnectorError {
  return new ConnectorError(
    'FAILED_PRECONDITION',
    'whether this operation took effect is not known, and it is too long ago to repeat it safely: look at the object at Stripe',
    { reason: 'OPERATION_TOO_OLD', retryable: false },
  );
}
