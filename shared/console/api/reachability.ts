import { createConsoleStore, useConsoleStore } from '../state/store.ts';

/** Whether the server responds. `epoch` increases when the server is back. Pages then load their data again. */
interface Reachability {
  readonly online: boolean;
  readonly epoch: number;
}

const reachability = createConsoleStore<Reachability>({ online: true, epoch: 0 });

export const useReachability = (): Reachability => useConsoleStore(reachability);

export function reportReachable(): void {
  if (!reachability.get().online) reachability.set(({ epoch }) => ({ online: true, epoch: epoch + 1 }));
}

export function reportUnreachable(): void {
  if (reachability.get().online) reachability.set((before) => ({ ...before, online: false }));
}
