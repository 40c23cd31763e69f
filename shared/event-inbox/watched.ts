import type { EventInbox, InboxEntry } from './store.ts';

/** An inbox that calls back for the events that this instance records. */
export interface WatchedInbox extends EventInbox {
  /** Calls `ring` for each recorded event of an object. Returns a function that ends it. */
  watch(objectId: string, ring: (entry: InboxEntry) => void): () => void;
}

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
      for (const ring of watchers.get(entry.objectId) ?? []) ring(entry);
    },
    watch(objectId, ring) {
      const rings = watchers.get(objectId) ?? new Set();
      watchers.set(objectId, rings.add(ring));
      return () => {
        rings.delete(ring);
        if (rings.size === 0) watchers.delete(objectId);
      };
    },
  };
}
