import { GOLDEN } from './golden-ratio.ts';

/** The part of the lanes that callers of the lower classes leave to payments while these callers queue. */
const PART = 0.125;

/** Whether a lane belongs to the reserve: about one in eight of the lanes of each endpoint and of each node. */
export function isReserved(lane: number): boolean {
  return (lane * GOLDEN) % 1 < PART;
}
