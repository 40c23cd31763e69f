import type { Clock } from '../../ports/clock.ts';
import type { OperationRecord, OperationStore } from '../../idempotency/store.ts';

/** The records that were created first are dropped first. */
const MAX_RECORDS = 10_000;

/**
 * Keeps the operations of one process in memory, for local development.
 *
 * Its time is the wall clock at the start plus the elapsed monotonic time.
 */
export function memoryOperations(clock: Clock): OperationStore {
  const beganMs = clock.epochMs() - clock.monotonicMs();
  const records = new Map<string, OperationRecord>();
  // One iterator for all calls: a new one would skip over all deleted entries each time.
  const oldest = records.keys();
  return {
    // No await inside, so no other step can run in between.
    // eslint-disable-next-line @typescript-eslint/require-await
    async update(id, change) {
      const { record, result } = change(records.get(id), Math.floor((beganMs + clock.monotonicMs()) * 1000));
      if (record !== undefined) {
        records.set(id, record);
        if (records.size > MAX_RECORDS) records.delete(String(oldest.next().value));
      }
      return result;
    },
  };
}
