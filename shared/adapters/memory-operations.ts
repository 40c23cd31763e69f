import type { Clock } from '../ports/clock.ts';
import type { OperationRecord, OperationStore } from '../ports/operation-store.ts';

/** Records that are kept at most: the oldest go first. */
const MOST = 10_000;

/** The operations of one process: for a laptop. Its time is the wall clock of its start, carried on by the monotonic one. */
export function memoryOperations(clock: Clock): OperationStore {
  const beganMs = clock.epochMs() - clock.monotonicMs();
  const records = new Map<string, OperationRecord>();
  return {
    // Without a pause in it: nobody else's step comes between.
    // eslint-disable-next-line @typescript-eslint/require-await
    async update(id, change) {
      const { record, result } = change(records.get(id), Math.floor((beganMs + clock.monotonicMs()) * 1000));
      if (record !== undefined) {
        records.delete(id);
        records.set(id, record);
        for (const oldest of records.keys()) {
          if (records.size <= MOST) break;
          records.delete(oldest);
        }
      }
      return result;
    },
  };
}
