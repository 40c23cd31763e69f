import { createConsoleStore, useConsoleStore } from './store.ts';

/** Grows when what the page is connected to may have changed: after a suspension, and when the sandbox's clock moved. */
const connectionRound = createConsoleStore(0);

export const useConnectionRound = (): number => useConsoleStore(connectionRound);

export function readConnectionAgain(): void {
  connectionRound.set((before) => before + 1);
}
