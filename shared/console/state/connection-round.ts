import { createConsoleStore, useConsoleStore } from './store.ts';

/** Counts the changes of the connection that the user made: suspended, resumed, or the sandbox's clock moved. */
const connectionRound = createConsoleStore(0);

export const useConnectionRound = (): number => useConsoleStore(connectionRound);

export function readConnectionAgain(): void {
  connectionRound.set((before) => before + 1);
}
