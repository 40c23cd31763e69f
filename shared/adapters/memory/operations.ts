import type { Clock } from '../../ports/clock.ts';
import type { OperationRecord, OperationStore } from '../../idempotency/store.ts';

/** Records that are kept at most: those that were begun first go first. */
const MOST = 10_000;

/** The operations of one process: for a laptop. Its time is the wall clock of its start, carried on by the monotonic one. */
export function memoryOperations(clock: Clock): OperationStore {
  const beganMs = clock.epochMs() - clock.monotonicMs();
  const records = new Map<string, OperationRecord>();
  // One walk along the map for all: a new one would pass by everything that is gone already.
  const oldest = records.keys();
  return {
    // Without a pause in it: nobody else's step comes between.
    // eslint-disable-next-line @typescript-eslint/require-await
    async update(id, change) {
      const { record, result } = change(records.get(id), Math.floor((beganMs + clock.monotonicMs()) * 1000));
      if (record !== undefined) {
        records.set(id, record);
        if (records.size > MOST) records.delete(String(oldest.next().value));
      }
      return result;
    },
  };
}
