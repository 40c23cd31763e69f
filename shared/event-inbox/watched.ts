import type { EventInbox, InboxEntry } from './store.ts';

/** An inbox that reports the events that this instance records. */
export interface WatchedInbox extends EventInbox {
  /** Calls `onEntry` for each recorded event of an object. The returned function ends the watch. */
  watch(objectId: string, onEntry: (entry: InboxEntry) => void): () => void;
}

/** Returns an inbox that calls the watchers of an object after each write of an entry of that object. */
export function watchedInbox(inbox: EventInbox): WatchedInbox {
  const watchers = new Map<string, Set<(entry: InboxEntry) => void>>();
  return {
    read: (id) => inbox.read(id),
    query: (filter, max, after) => inbox.query(filter, max, after),
    readAll: (ids) => inbox.readAll(ids),
    ofChanges: (changekeys) => inbox.ofChanges(changekeys),
    publishing: () => inbox.publishing(),
    setPublishing: (state) => inbox.setPublishing(state),
    async write(entry) {
      await inbox.write(entry);
      for (const onEntry of watchers.get(entry.objectId) ?? []) onEntry(entry);
    },
    watch(objectId, onEntry) {
      const objectWatchers = watchers.get(objectId) ?? new Set();
      watchers.set(objectId, objectWatchers.add(onEntry));
      return () => {
        objectWatchers.delete(onEntry);
        if (objectWatchers.size === 0) watchers.delete(objectId);
      };
    },
  };
}
