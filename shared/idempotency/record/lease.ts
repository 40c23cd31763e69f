import type { Effect } from '../../errors.ts';
import type { OperationRecord, Transition } from '../store.ts';

/** The exclusive right to execute an operation. It ends when it expires, or when another caller takes it over. */
export interface Lease {
  readonly fence: number;
  readonly keyVersion: number;
  /** True if an earlier attempt may have taken effect. This attempt then has the idempotency key of that attempt. */
  readonly repeats: boolean;
  /** The expansions of the key's first attempt as JSON; empty for none. Stripe compares them. */
  readonly expand: string;
  /** When the first attempt with this key began; the store's time in microseconds. */
  readonly firstUs: number;
  /** When this attempt began; the store's time in microseconds. */
  readonly lastUs: number;
}

/** Returns the effect of earlier attempts, as far as it is known when the attempt of a lease begins. */
export function leasedPrior({ repeats }: Pick<Lease, 'repeats'>): Effect {
  return repeats ? 'unknown' : 'none';
}

/** Returns whether the record is still leased to the holder of this lease. A later holder has a greater fence. */
export function isHolder(lease: Lease, record: OperationRecord | undefined): record is OperationRecord {
  return record?.state === 'calling' && record.fence === lease.fence;
}

/** Extends a lease to `leaseUs` from now. Returns false, and writes nothing, if another caller has taken it over. */
export function renew(lease: Lease, leaseUs: number): Transition<boolean> {
  return (record, nowUs) =>
    isHolder(lease, record) ? { result: true, record: { ...record, leaseEndsUs: nowUs + leaseUs } } : { result: false };
}
