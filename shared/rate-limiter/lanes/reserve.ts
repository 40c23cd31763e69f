import { GOLDEN } from './golden-ratio.ts';

/** The part of the lanes that callers of the lower classes leave to payments while many of them wait. */
const RESERVED_PART = 0.1;

/** Whether a lane belongs to the reserve: about one in ten of the lanes of each endpoint and of each node. */
export function isReserved(lane: number): boolean {
  return (lane * GOLDEN) % 1 < RESERVED_PART;
}
