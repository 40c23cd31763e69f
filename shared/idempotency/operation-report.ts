import { ConnectorError, type Effect } from '../errors.ts';
import { REPEAT_WINDOW_US } from './record/claim.ts';
import { recordedEffect } from './record/prior-knowledge.ts';
import type { OperationRecord, OperationStore, Resolution } from './store.ts';

/** What is known of an operation, and what its caller should do. Never what was asked or answered. */
export interface OperationReport {
  readonly operationId: string;
  readonly state: OperationRecord['state'];
  readonly effect: Effect;
  readonly tries: number;
  /** How often the id got a new key at Stripe because the one before it failed for good. */
  readonly keyVersion: number;
  /** Stripe's, the newest last. */
  readonly requestIds: readonly string[];
  /** When its present key may first have reached Stripe; null before. ISO 8601. */
  readonly firstCalledAt: string | null;
  /** Until when somebody works on it; null where nobody does. */
  readonly leaseEndsAt: string | null;
  readonly keptUntil: string;
  /** How an operator settled it, and when (ISO 8601); null where no operator did. */
  readonly resolution: (Omit<Resolution, 'atUs'> & { readonly at: string }) | null;
  readonly whatToDo: string;
}

/** Reads a record and writes nothing. NOT_FOUND where nobody used the id, or it is forgotten. */
export async function operationReport(operations: OperationStore, operationId: string): Promise<OperationReport> {
  const report = await operations.update(operationId, (record, nowUs) => ({
    result: record === undefined || record.expiresUs <= nowUs ? undefined : reportOf(operationId, record, nowUs),
  }));
  if (report !== undefined) return report;
  throw new ConnectorError('NOT_FOUND', 'no operation has this id, or it is forgotten (operation_retention_days)', {
    reason: 'OPERATION_NOT_FOUND',
  });
}

export function reportOf(operationId: string, record: OperationRecord, nowUs: number): OperationReport {
  const { state, attempts: tries, keyVersion, requestIds, firstCalledUs, leaseEndsUs, expiresUs } = record;
  return {
    operationId,
    state,
    effect: recordedEffect(record, nowUs),
    tries,
    keyVersion,
    requestIds,
    firstCalledAt: firstCalledUs === 0 ? null : iso(firstCalledUs),
    leaseEndsAt: leaseEndsUs > nowUs ? iso(leaseEndsUs) : null,
    keptUntil: iso(expiresUs),
    resolution: resolutionOf(record),
    whatToDo: whatToDo(record, nowUs),
  };
}

function whatToDo({ state, leaseEndsUs, firstCalledUs, resolution }: OperationRecord, nowUs: number): string {
  switch (state) {
    case 'received':
      return 'Nothing was sent yet: call again with the same operationId.';
    case 'succeeded':
      return 'It is done. The same call with the same operationId answers its outcome again, without another effect.';
    case 'failed':
      return resolution === ''
        ? 'It was refused, or met no row, and nothing took effect: call again with the same operationId, corrected or not.'
        : 'An operator settled it as not done: a call with the same operationId is a new try, under a new key.';
    case 'calling':
      if (leaseEndsUs > nowUs) return 'It is being worked on: ask again in a few seconds.';
  }
  if (nowUs - firstCalledUs <= REPEAT_WINDOW_US)
    return 'It may be done: make the same call with the same operationId and payload. It goes under the same key, so it has one effect.';
  return 'It may be done, too long ago to be sent again: the same call with the same operationId reads back what Stripe shows and sends nothing. Where that cannot tell, look at the object at Stripe, then settle it: npm run operations -- resolve ID done|none --reason TEXT.';
}

function resolutionOf({ resolution }: OperationRecord): OperationReport['resolution'] {
  if (resolution === '') return null;
  const { atUs, ...said } = JSON.parse(resolution) as Resolution;
  return { ...said, at: iso(atUs) };
}

function iso(us: number): string {
  return new Date(us / 1000).toISOString();
}
