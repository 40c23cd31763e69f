import type { Effect } from '../../errors.ts';
import type { EffectEvent } from '../../stripe/effect.ts';
import type { Transition } from '../store.ts';
import type { AttemptWindow } from './claim.ts';
import { isHolder, leasedPrior, type Lease } from './lease.ts';
import { nextState } from './prior-knowledge.ts';

/** Number of Stripe's request ids in a record. Older ones are dropped. */
const MAX_REQUEST_IDS = 10;

/** How an attempt ended. */
export interface AttemptResult {
  readonly event: EffectEvent;
  /**
   * The effect that was known before the event. Default: the effect that is known when the lease begins
   * (`leasedPrior`).
   */
  readonly prior?: Effect;
  /** The outcome of a success, or the failure that a repeated call gets. */
  readonly outcome?: string;
  readonly requestId?: string | undefined;
}

/** Records how the holder's attempt ended. Returns false, and writes nothing, if another caller took over the lease. */
export function complete(
  lease: Lease,
  { event, prior = leasedPrior(lease), outcome = '', requestId }: AttemptResult,
  retentionUs: number,
): Transition<boolean> {
  return (record, nowUs) => {
    if (!isHolder(lease, record)) return { result: false };
    const { requestIds } = record;
    const state = nextState(record, prior, event);
    return {
      result: true,
      record: {
        ...record,
        state,
        requestIds: requestId === undefined ? requestIds : [...requestIds, requestId].slice(-MAX_REQUEST_IDS),
        leaseEndsUs: 0,
        expiresUs: nowUs + retentionUs,
        outcome: state === 'succeeded' || state === 'failed' ? outcome : '',
      },
    };
  };
}

/**
 * Records an outcome that was recovered from Stripe. Returns false, and writes nothing, if another caller has claimed
 * the operation since or has recorded its success.
 */
export function markSucceeded({ fence }: AttemptWindow, outcome: string, retentionUs: number): Transition<boolean> {
  return (record, nowUs) => {
    if (record?.fence !== fence || record.state === 'succeeded') return { result: false };
    const state = nextState(record, 'unknown', 'shown done');
    return {
      result: true,
      record: { ...record, state, outcome, leaseEndsUs: 0, expiresUs: nowUs + retentionUs },
    };
  };
}
