/** The errors of an operation, and the failure that its record keeps. */
import { ConnectorError, toConnectorError } from '../errors.ts';
import { isStoreFault } from '../ports/store-errors.ts';
import type { CallContext } from '../stripe/call-context.ts';
import type { AttemptResult } from './record/complete.ts';
import { leasedPrior, type Lease } from './record/lease.ts';

/** Upper bound of the retry delay for another caller with the same id. */
const MAX_RETRY_DELAY_MS = 2000;

/** Returns the result to record for an attempt that failed. If the error has no evidence, the attempt sent nothing. */
export function failedAttempt(error: ConnectorError, lease: Lease): AttemptResult {
  const { evidence: event = 'unsent', effect = leasedPrior(lease) } = error;
  // An attempt that sent nothing does not reveal what earlier attempts did.
  const prior = error.evidence === undefined && effect === 'none' ? leasedPrior(lease) : effect;
  // A success without a result is recorded without an outcome: a repeat fails with OUTCOME_NOT_KEPT and sends nothing.
  const outcome = prior === 'done' ? '' : serializeFailure(error);
  return { event, prior, outcome, requestId: error.details.stripe?.requestId };
}

/** Serializes a failure for the record, without its cause. */
function serializeFailure({ status, message, details }: ConnectorError): string {
  const { cause: _cause, ...stored } = details;
  return JSON.stringify({ status, message, details: stored });
}

/** Returns a recorded failure as an error. */
export function parseFailure(failure: string, keyVersion: number): ConnectorError {
  const { status, message, details } = JSON.parse(failure) as Pick<ConnectorError, 'status' | 'message' | 'details'>;
  const error = new ConnectorError(status, message, details);
  error.keyVersion = keyVersion;
  return error;
}

/** Returns the error for a failed claim. Nothing was sent to Stripe. */
export function claimError(cause: unknown, { freshId }: Pick<CallContext, 'freshId'>): ConnectorError {
  if (isStoreFault(cause)) return toConnectorError(cause);
  const earlier = freshId === true ? '' : '; an earlier call with this operationId may have taken effect';
  return storeError(
    `the operation record could not be read or written; this call sent nothing to Stripe${earlier}`,
    cause,
  );
}

/** Returns the error for a success that could not be recorded. A repeated call returns the outcome of the operation. */
export function notRecordedError(cause: unknown): ConnectorError {
  return storeError(
    'the operation succeeded, but could not be recorded; repeat it with the same operationId to get its outcome',
    cause,
  );
}

function storeError(message: string, cause: unknown): ConnectorError {
  return new ConnectorError('UNAVAILABLE', message, { reason: 'OPERATIONS_UNAVAILABLE', retryAfterMs: 1000, cause });
}

/** Returns the error for a success whose result cannot be built. */
export function resultError(cause: unknown): ConnectorError {
  const { status, message, details } = toConnectorError(cause);
  return new ConnectorError(status, `the operation succeeded, but its result could not be read: ${message}`, details);
}

/** Returns the error for an operation whose lease another caller holds for `leftMs` more milliseconds. */
export function inProgressError(leftMs: number): ConnectorError {
  return new ConnectorError('ABORTED', 'another call with this operationId is in progress; retry shortly', {
    reason: 'OPERATION_IN_FLIGHT',
    retryAfterMs: Math.min(MAX_RETRY_DELAY_MS, leftMs),
  });
}

export function payloadMismatchError(): ConnectorError {
  return new ConnectorError(
    'ALREADY_EXISTS',
    'this operationId was already used with a different payload; `effect` is that of the first payload; another payload needs another operationId',
    { reason: 'OPERATION_ID_REUSED' },
  );
}

export function expiredError(): ConnectorError {
  return new ConnectorError(
    'FAILED_PRECONDITION',
    'it is unknown whether this operation took effect, and it is too old to repeat safely; check the object at Stripe, then resolve it with stripe-connector operations resolve',
    { reason: 'OPERATION_EXPIRED', retryable: false },
  );
}
