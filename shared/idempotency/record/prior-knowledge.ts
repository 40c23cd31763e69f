import type { Effect } from '../../errors.ts';
import { effectOf, type EffectEvent, type PriorKnowledge } from '../../stripe/effect.ts';
import type { OperationRecord } from '../store.ts';

/** Returns the record unless it has expired. */
export function unexpired(record: OperationRecord | undefined, nowUs: number): OperationRecord | undefined {
  return record !== undefined && record.expiresUs > nowUs ? record : undefined;
}

/** Returns what a record says about its operation before a further attempt. */
export function priorKnowledge(stored: OperationRecord | undefined, nowUs: number): PriorKnowledge {
  const record = unexpired(stored, nowUs);
  switch (record?.state) {
    case undefined:
    case 'received':
    case 'failed':
      return 'none';
    case 'succeeded':
      return 'done';
    case 'indeterminate':
      return 'unknown';
    case 'calling':
      return record.leaseEndsUs > nowUs ? 'in flight' : 'unknown';
  }
}

/** Returns the effect to report for a call that sends nothing. */
export function recordedEffect(record: OperationRecord | undefined, nowUs: number): Effect {
  return effectOf({ prior: priorKnowledge(record, nowUs), event: 'not attempted', method: 'POST' }).effect;
}

/** Returns the state of a record after an event. */
export function nextState(
  { state }: Pick<OperationRecord, 'state'>,
  prior: Effect,
  event: EffectEvent,
): OperationRecord['state'] {
  return effectOf({ prior, event, method: 'POST' }).state ?? state;
}
