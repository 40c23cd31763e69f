import type { OperationRecord, OperationStore, Transition } from '../../idempotency/store.ts';
import type { StoreClock } from '../../ports/store-clock.ts';

/** The records that were created first are dropped first. */
const MAX_RECORDS = 10_000;

/** Keeps the operations of one process in memory, for local development. */
export function memoryOperations(clock: Pick<StoreClock, 'nowUs'>): OperationStore {
  const records = new Map<string, OperationRecord>();
  // One iterator for all calls: a new one would skip over all deleted entries each time.
  const oldest = records.keys();

  // No await inside, so no other transition can run in between.
  // eslint-disable-next-line @typescript-eslint/require-await
  async function update<T>(id: string, transition: Transition<T>): Promise<T> {
    const { record, result } = transition(records.get(id), clock.nowUs());
    if (record !== undefined) {
      records.set(id, record);
      if (records.size > MAX_RECORDS) records.delete(String(oldest.next().value));
    }
    return result;
  }

  return { create: update, update, replaceOwn: update };
}
