import type { OperationRecord } from '../../idempotency/store.ts';

/** The record, its times later by so many microseconds: its writer's clock was behind the store's by as many. 0 is no time. */
export function correctClockSkew(record: OperationRecord, laterUs: number): OperationRecord {
  if (laterUs === 0) return record;
  const later = (us: number): number => (us === 0 ? 0 : us + laterUs);
  return {
    ...record,
    leaseEndsUs: later(record.leaseEndsUs),
    firstCalledUs: later(record.firstCalledUs),
    expiresUs: later(record.expiresUs),
  };
}
