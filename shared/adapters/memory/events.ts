import {
  INBOX_KEPT_MS,
  DEFAULT_PUBLISHING_STATE,
  type EventInbox,
  type InboxEntry,
  type InboxFilter,
  type InboxPosition,
  type PublishingState,
} from '../../event-inbox/store.ts';
import type { Clock } from '../../ports/clock.ts';

/** Maximum number of entries in memory. Those that were written first are dropped first. */
const MAX_ENTRIES = 20_000;

/** Keeps the event inbox of one process in memory, for local development. */
export function memoryEvents(clock: Pick<Clock, 'epochMs'>): EventInbox {
  const entries = new Map<string, InboxEntry>();
  let state: PublishingState = DEFAULT_PUBLISHING_STATE;
  const isKept = ({ receivedMs }: InboxEntry): boolean => receivedMs + INBOX_KEPT_MS > clock.epochMs();
  return {
    read(id) {
      const entry = entries.get(id);
      return Promise.resolve({ entry: entry !== undefined && isKept(entry) ? entry : undefined, state });
    },
    write(entry) {
      entries.set(entry.id, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= MAX_ENTRIES) break;
        entries.delete(oldest);
      }
      return Promise.resolve();
    },
    query(filter, max, after) {
      const matching = [...entries.values()]
        .filter((entry) => isKept(entry) && passesFilter(entry, filter))
        .sort(lastReceivedFirst)
        .filter((entry) => after === undefined || lastReceivedFirst(entry, after) > 0);
      return Promise.resolve(matching.slice(0, max));
    },
    readAll: (ids) => Promise.resolve(ids.flatMap((id) => entries.get(id) ?? []).filter((entry) => isKept(entry))),
    ofChanges: (changekeys) =>
      Promise.resolve([...entries.values()].filter((entry) => isKept(entry) && changekeys.includes(entry.changekey))),
    publishing: () => Promise.resolve(state),
    setPublishing(next) {
      state = next;
      return Promise.resolve();
    },
  };
}

/** Returns whether an entry meets all conditions of a filter. */
function passesFilter(entry: InboxEntry, { sinceMs = -Infinity, ...equal }: InboxFilter): boolean {
  const fields = Object.entries(equal) as [keyof Omit<InboxFilter, 'sinceMs'>, string | undefined][];
  return entry.receivedMs >= sinceMs && fields.every(([name, value]) => value === undefined || entry[name] === value);
}

/** Compares two entries for the order of a list: the last received first, then by id in descending order. */
function lastReceivedFirst(a: InboxPosition, b: InboxPosition): number {
  if (a.receivedMs !== b.receivedMs) return b.receivedMs - a.receivedMs;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}
