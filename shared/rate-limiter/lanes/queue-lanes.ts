import type { Now } from '../gcra.ts';
import type { LaneSet } from './lane-set.ts';

/** When a queue may use a lane, in microseconds of the store's time. */
export interface LaneWindow {
  readonly fromUs: number;
  readonly untilUs: number;
  /** Until when the allocation of the lanes is known. A later slot waits for the next read of the allocation. */
  readonly knownUntilUs: number;
}

/** The lanes that a queue may use. */
export interface QueueLanes {
  /** Returns the lanes in which the queue may reserve slots at `now`, among the lanes of a capacity. */
  lanes(now: Now, perSecond: number): LaneSet;
  /** When a slot of a lane may be used. Undefined: never. */
  window(lane: number): LaneWindow | undefined;
  /**
   * Number of lanes of `minNodes` nodes. The lanes from 0 to `floorLanes` - 1 may be used without a count of the nodes.
   */
  readonly floorLanes: number;
}
