import type { Reservation, StoreAnswer } from './store.ts';

/**
 * The value of every shard's `calm` while the connection is suspended (the year 2112). A reduced pace never lasts that
 * long, and every reservation returns it, so no extra read is needed.
 */
export const SUSPENDED_US = 2 ** 52;

/** Milliseconds after which an instance with callers checks again whether the connection is still suspended. */
export const LOOK_AGAIN_MS = 1000;

export function isSuspended(answer: StoreAnswer | Reservation): boolean {
  return 'grants' in answer && answer.grants.some(({ calmUs }) => calmUs >= SUSPENDED_US);
}
