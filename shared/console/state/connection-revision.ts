import { createConsoleStore, useConsoleStore } from './store.ts';

/**
 * Increases when the connection may have changed, for example when the user suspends it. The console then reads the
 * connection and the shown rows again.
 */
const connectionRevision = createConsoleStore(0);

export const useConnectionRevision = (): number => useConsoleStore(connectionRevision);

/** Makes the console read the connection again. */
export function reloadConnection(): void {
  connectionRevision.set((count) => count + 1);
}
