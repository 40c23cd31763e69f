import type { AssignedLanes } from '../lanes/assigned.ts';
import type { FleetView } from '../lanes/fleet-view.ts';
import type { LaneRecords } from '../lanes/records.ts';
import { candidate, MAX_BATCH, type Candidate } from './candidates.ts';
import { STALE_US } from './choices.ts';

/** Maximum slots of a reservation where nodes take turns: two commits a second then serve the whole rate of a shard. */
export const MAX_TURN = 3;

/**
 * If the next free slot of every lane is at least this far ahead, nodes take the lanes in turn instead of those with
 * the soonest slots. Microseconds.
 */
const LONG_QUEUE_US = 1_000_000;

/**
 * When nodes take the lanes in turn, lanes that other nodes use too count as equal if their next free slots are less than
 * this after the mean. Microseconds.
 */
const EQUAL_QUEUES_US = 5_000_000;

/** If this much is reserved ahead in each lane on average, none is free. Microseconds. */
const BUSY_US = 800_000;

/** The turns of one node at the lanes of a shard that it shares with other nodes. */
export class SharedTurns {
  /** The lane at which the node's next turn begins. */
  private turn: number | undefined;

  constructor(private readonly records: LaneRecords) {}

  /** Records that the node took slots up to this lane. */
  endedAt(lane: number): void {
    this.turn = lane + 1;
  }

  /**
   * Returns the lanes of a shared shard, starting with the lane of this node's turn. If every lane is reserved far
   * ahead, shared lanes count as equal, because what the node knows of their next free slots is out of date. Lanes in turn
   * then serve the callers of all nodes in order.
   */
  candidates({ lanes }: AssignedLanes, wanted: number, fromUs: number, view: FleetView): Candidate[] {
    const turn = (this.turn ?? view.rank) % lanes.length;
    const first = wanted < MAX_TURN ? turn : turn - (turn % MAX_TURN);
    const queues = [...lanes.slice(first), ...lanes.slice(0, first)].map((lane) =>
      candidate(lane, Math.max(fromUs, this.records.expectedUs(lane, fromUs)), view),
    );
    const soonestUs = queues.reduce((least, { nextUs }) => Math.min(least, nextUs), Infinity);
    if (soonestUs < fromUs + LONG_QUEUE_US) return queues;
    const meanUs = queues.reduce((sum, { nextUs }) => sum + nextUs / queues.length, 0);
    return queues.map((queue) =>
      this.records.isShared(queue.lane) === true && queue.nextUs < meanUs + EQUAL_QUEUES_US
        ? { ...queue, nextUs: soonestUs }
        : queue,
    );
  }

  /**
   * True if other nodes use half of the lanes or more, some lane seems free, and the last answer is old. The lane is then
   * likely in use.
   */
  isStale({ lanes }: AssignedLanes, fromUs: number): boolean {
    const shared = lanes.filter((lane) => this.records.isShared(lane) === true).length;
    const backlogUs = lanes.reduce((sum, lane) => sum + this.records.backlogUs(lane), 0);
    return (
      2 * shared >= lanes.length &&
      backlogUs < BUSY_US * lanes.length &&
      lanes.every((lane) => this.records.ageUs(lane, fromUs) > STALE_US)
    );
  }

  /**
   * Returns the maximum number of slots of one reservation: `MAX_TURN`, or the number of free lanes that no other node
   * uses if that is larger. It is `MAX_BATCH` if other nodes use none of the lanes.
   */
  limit(own: readonly Candidate[], fromUs: number): number {
    const unshared = own.filter(({ lane }) => this.records.isShared(lane) === false);
    if (unshared.length === own.length) return MAX_BATCH;
    return Math.max(MAX_TURN, unshared.filter(({ nextUs }) => nextUs <= fromUs).length);
  }
}
