import type { Reservation, StoreAnswer } from './store.ts';

/**
 * A suspended connection has this in place of every shard's `calm`: no pace is ever reduced until then (the year 2112), and
 * every reservation brings it back, so nobody has to read anything besides.
 */
export const SUSPENDED_US = 2 ** 52;

/** Milliseconds after which a suspended instance looks again, when somebody calls. */
export const LOOK_AGAIN_MS = 1000;

export function isSuspended(answer: StoreAnswer | Reservation): boolean {
  return 'grants' in answer && answer.grants.some(({ calmUs }) => calmUs >= SUSPENDED_US);
}
