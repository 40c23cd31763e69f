import type { Reservation, StoreAnswer } from './store.ts';

/**
 * While the connection is suspended, the reduced pace of every shard ends at this time, in the year 2112. No other
 * reduced pace lasts that long. Every reservation returns when the reduced pace ends, so no extra read is needed to learn
 * of a suspension.
 */
export const SUSPENDED_US = 2 ** 52;

/** Milliseconds after which an instance with callers checks again whether the connection is still suspended. */
export const LOOK_AGAIN_MS = 1000;

/** Returns whether an answer of the store shows that the connection is suspended. */
export function isSuspended(answer: StoreAnswer | Reservation): boolean {
  return 'grants' in answer && answer.grants.some(({ throttledUntilUs }) => throttledUntilUs >= SUSPENDED_US);
}
