import { useSyncExternalStore } from 'react';

/** A value that components subscribe to. */
export interface ConsoleStore<T> {
  readonly get: () => T;
  readonly set: (change: (before: T) => T) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createConsoleStore<T>(initial: T): ConsoleStore<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(change) {
      value = change(value);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The current value of a store, in a component. */
export function useConsoleStore<T>(store: ConsoleStore<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
