import { createConsoleStore, useConsoleStore } from './store.ts';

/** Increases when the connection may have changed, for example when the user suspends it. Pages then read it again. */
const connectionRound = createConsoleStore(0);

export const useConnectionRound = (): number => useConsoleStore(connectionRound);

/** Makes the console read the connection again. */
export function readConnectionAgain(): void {
  connectionRound.set((count) => count + 1);
}
