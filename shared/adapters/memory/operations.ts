import type { OperationLog, OperationRecord, OperationStore, Transition } from '../../idempotency/store.ts';
import type { StoreClock } from '../../ports/store-clock.ts';

/** Maximum number of records in memory. Those that were created first are dropped first. */
const MAX_RECORDS = 10_000;

/** Keeps the operations of one process in memory, for local development. */
export function memoryOperations(clock: Pick<StoreClock, 'nowUs'>): OperationStore & OperationLog {
  const records = new Map<string, OperationRecord>();
  // Iterates over the ids in the order of their creation. One iterator serves all calls, because each new iterator
  // would skip all deleted entries again.
  const oldestIds = records.keys();

  // The function has no await, so no other transition can run between the read and the write.
  // oxlint-disable-next-line typescript/require-await
  async function update<T>(id: string, transition: Transition<T>): Promise<T> {
    const { record, result } = transition(records.get(id), clock.nowUs());
    if (record !== undefined) {
      records.set(id, record);
      if (records.size > MAX_RECORDS) records.delete(String(oldestIds.next().value));
    }
    return result;
  }

  /** Returns a page of records, the newest first. `after` is the number of records on earlier pages. */
  function page(max: number, after: string | undefined): ReturnType<OperationLog['page']> {
    const from = Number(after ?? 0);
    const all = [...records].reverse();
    const entries = all.slice(from, from + max).map(([id, record]) => ({ id, record }));
    const next = from + max < all.length ? String(from + max) : undefined;
    return Promise.resolve({ entries, unreadable: [], nowUs: clock.nowUs(), next });
  }

  return { create: update, update, replaceOwn: update, page };
}
