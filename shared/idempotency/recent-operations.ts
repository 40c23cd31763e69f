import { isOperation } from './cursor.ts';
import type { OperationStore, Transition } from './store.ts';

/** Number of ids that are remembered. Older ones are dropped. */
const MAX_OPERATIONS = 1000;

export interface RecentOperations {
  /** Ids of the operations whose records this instance wrote, the last written first. In memory only. */
  recent(): readonly string[];
}

/** Returns a store that remembers the ids of the records that this instance writes. */
export function rememberOperations(store: OperationStore): OperationStore & RecentOperations {
  const ids = new Set<string>();
  const remember =
    <T>(id: string, transition: Transition<T>): Transition<T> =>
    (record, nowUs) => {
      const change = transition(record, nowUs);
      if (change.record !== undefined && isOperation(change.record)) {
        // A set keeps the order of insertion: the last written id is the last.
        ids.delete(id);
        ids.add(id);
        for (const oldest of ids) {
          if (ids.size <= MAX_OPERATIONS) break;
          ids.delete(oldest);
        }
      }
      return change;
    };
  return {
    create: (id, transition) => store.create(id, remember(id, transition)),
    update: (id, transition) => store.update(id, remember(id, transition)),
    replaceOwn: (id, transition) => store.replaceOwn(id, remember(id, transition)),
    recent: () => [...ids].reverse(),
  };
}
