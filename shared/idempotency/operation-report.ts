import { ConnectorError, type Effect } from '../errors.ts';
import { REPEAT_WINDOW_US } from './record/claim.ts';
import { recordedEffect, unexpired } from './record/prior-knowledge.ts';
import type { OperationRecord, OperationStore, Resolution } from './store.ts';

/** The report of an operation for operators and callers. It never contains the request or the response. */
export interface OperationReport {
  readonly operationId: string;
  readonly state: OperationRecord['state'];
  readonly effect: Effect;
  /** The reason of the error with which the operation failed, such as LOST_CARD. Null if no reason is recorded. */
  readonly reason: string | null;
  readonly attempts: number;
  /**
   * How often the id got a new idempotency key, because the operation had failed permanently or was resolved as not
   * done.
   */
  readonly keyVersion: number;
  /** Stripe's request ids, the newest last. */
  readonly requestIds: readonly string[];
  /** When the current key may first have reached Stripe, in ISO 8601; null if nothing was sent. */
  readonly firstCalledAt: string | null;
  /** When the lease of the current caller expires, in ISO 8601; null if no caller executes the operation. */
  readonly leaseEndsAt: string | null;
  readonly keptUntil: string;
  /** How an operator resolved the operation, and when (ISO 8601); null if no operator did. */
  readonly resolution: (Omit<Resolution, 'atUs'> & { readonly at: string }) | null;
  readonly whatToDo: string;
}

/**
 * Reports an operation. Writes nothing.
 *
 * @throws ConnectorError NOT_FOUND if the id has no record
 */
export async function operationReport(operations: OperationStore, operationId: string): Promise<OperationReport> {
  const report = await operations.update(operationId, (stored, nowUs) => {
    const record = unexpired(stored, nowUs);
    return { result: record === undefined ? undefined : reportOf(operationId, record, nowUs) };
  });
  if (report === undefined) throw operationNotFound();
  return report;
}

export function operationNotFound(): ConnectorError {
  return new ConnectorError(
    'NOT_FOUND',
    'no operation has this id, or its record has expired (operation_retention_days)',
    { reason: 'OPERATION_NOT_FOUND' },
  );
}

/** Returns the report of a record. `nowUs` is the store's time in microseconds. */
export function reportOf(operationId: string, record: OperationRecord, nowUs: number): OperationReport {
  const { state, attempts, keyVersion, requestIds, firstCalledUs, leaseEndsUs, expiresUs } = record;
  return {
    operationId,
    state,
    effect: recordedEffect(record, nowUs),
    reason: failureReason(record),
    attempts,
    keyVersion,
    requestIds,
    firstCalledAt: firstCalledUs === 0 ? null : iso(firstCalledUs),
    leaseEndsAt: leaseEndsUs > nowUs ? iso(leaseEndsUs) : null,
    keptUntil: iso(expiresUs),
    resolution: resolutionOf(record),
    whatToDo: whatToDo(record, nowUs),
  };
}

/** Returns the reason of a recorded failure. A write by clause has none: its record contains the rows, not an error. */
function failureReason({ state, outcome, resolution }: OperationRecord): string | null {
  if (state !== 'failed' || resolution !== '' || outcome === '') return null;
  const { details } = JSON.parse(outcome) as { readonly details?: { readonly reason?: string } };
  return details?.reason ?? null;
}

/** Returns what the owner of an operation should do next, by the state of its record. */
function whatToDo({ state, leaseEndsUs, firstCalledUs, resolution }: OperationRecord, nowUs: number): string {
  switch (state) {
    case 'received':
      return 'Nothing was sent yet. Repeat the call with the same operationId.';
    case 'succeeded':
      return 'It succeeded. The same call with the same operationId returns its outcome and has no second effect.';
    case 'failed':
      return resolution === ''
        ? 'It failed, or matched no row, and nothing took effect. Correct the payload if needed, and repeat the call with the same operationId.'
        : 'An operator resolved it as not done. A call with the same operationId is a new attempt with a new idempotency key.';
    case 'calling':
      if (leaseEndsUs > nowUs) return 'It is in progress. Ask again in a few seconds.';
  }
  if (nowUs - firstCalledUs <= REPEAT_WINDOW_US)
    return 'Its outcome is unknown. Repeat the call with the same operationId and payload: it has the same idempotency key, so it takes effect once.';
  return 'Its outcome is unknown, and it is too old to be sent again. The same call with the same operationId only reads what Stripe shows. If that does not reveal the outcome, check the object at Stripe and resolve the operation: stripe-connector operations resolve ID done|none --reason TEXT.';
}

/** Returns how an operator resolved an operation, for the report. */
function resolutionOf({ resolution }: OperationRecord): OperationReport['resolution'] {
  if (resolution === '') return null;
  const { atUs, ...decision } = JSON.parse(resolution) as Resolution;
  return { ...decision, at: iso(atUs) };
}

function iso(us: number): string {
  return new Date(us / 1000).toISOString();
}
