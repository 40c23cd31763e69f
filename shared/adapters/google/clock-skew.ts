import type { OperationRecord } from '../../idempotency/store.ts';

/**
 * Returns the record with all its times moved `laterUs` microseconds later. The writer's clock was behind the store's
 * by that much. A time of 0 means "not set" and stays 0.
 */
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
