import { GOLDEN } from './golden-ratio.ts';

/** While many callers of the lower classes wait, they leave this part of the lanes to payments. */
const RESERVED_PART = 0.125;

/**
 * Returns whether a lane is reserved for payments. About one in eight lanes of each endpoint and of each node is
 * reserved.
 */
export function isReserved(lane: number): boolean {
  return (lane * GOLDEN) % 1 < RESERVED_PART;
}
