import type { OperationRecord, Resolution, Transition } from '../store.ts';
import { nextState, priorKnowledge, unexpired } from './prior-knowledge.ts';

/** Why an operation cannot be resolved. */
export type ResolveRejection = 'not found' | 'in flight' | 'known';

/**
 * Sets the outcome of an operation whose outcome is unknown, as an operator decided it.
 *
 *   done  the operation is never sent again; `outcome` is the JSON of the object, as far as it is known
 *   none  the id can be used again with a new key; `outcome` is the failure that a repeated message with this payload gets
 *
 * Writes nothing if the operation is in progress or its outcome is known.
 */
export function resolve(
  effect: 'done' | 'none',
  outcome: string,
  decision: Pick<Resolution, 'reason' | 'by'>,
  retentionUs: number,
): Transition<OperationRecord | ResolveRejection> {
  return (stored, nowUs) => {
    const record = unexpired(stored, nowUs);
    if (record === undefined) return { result: 'not found' };
    const prior = priorKnowledge(record, nowUs);
    if (prior === 'in flight') return { result: 'in flight' };
    if (prior !== 'unknown') return { result: 'known' };
    const resolution: Resolution = { effect, ...decision, atUs: nowUs };
    const resolved: OperationRecord = {
      ...record,
      state: nextState(record, prior, effect === 'done' ? 'shown done' : 'shown none'),
      // With the new fence, a holder whose lease has expired can no longer write the record.
      fence: record.fence + 1,
      leaseEndsUs: 0,
      expiresUs: nowUs + retentionUs,
      outcome,
      resolution: JSON.stringify(resolution),
    };
    return { result: resolved, record: resolved };
  };
}
