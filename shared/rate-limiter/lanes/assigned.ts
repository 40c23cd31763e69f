import { shardOf } from '../capacity.ts';
import { GOLDEN } from './golden-ratio.ts';
import type { LaneSet } from './lane-set.ts';

/** If the lanes do not divide evenly among the nodes, they are divided differently after this many microseconds. */
export const ROTATION_US = 5_250_000;

/** Number of rotations after which the parts of a node repeat nearly. */
const CYCLE = 8;

/** The rank of a node among the live ones, and the lanes that they share. */
export interface Standing {
  /** 0 for the first of the live nodes. */
  readonly rank: number;
  readonly live: number;
  /** The lanes of the capacity, which the nodes share. */
  readonly all: LaneSet;
  /** The lanes that the queue may use. */
  readonly lanes: LaneSet;
  /** A time of the store, in microseconds. */
  readonly nowUs: number;
}

/** The lanes that a node takes slots from first. */
export interface AssignedLanes {
  readonly lanes: readonly number[];
  /** True if the lanes are assigned to this node alone. Otherwise several nodes take turns at all lanes of one shard. */
  readonly exclusive: boolean;
}

/** Returns how many times the division of the lanes has changed until `nowUs`. */
export function rotationAt(nowUs: number): number {
  return Math.floor(nowUs / ROTATION_US);
}

/** The node's part of the lanes in this rotation and the next ones, as a number of lanes, which may be a fraction. */
export function partsAhead(standing: Standing): number[] {
  const { nowUs, lanes: queueLanes, live } = standing;
  return Array.from({ length: CYCLE }, (_, turn) => {
    const { lanes, exclusive } = assignedLanes({ ...standing, nowUs: nowUs + turn * ROTATION_US });
    return exclusive ? lanes.length : queueLanes.size / Math.max(1, live);
  });
}

/**
 * Splits the lanes of the capacity evenly among the nodes. If there are as many lanes as nodes or more, each lane is
 * assigned to one node. If the lanes do not divide evenly, the division changes with time, so that over half a minute
 * all nodes have equal shares. If there are fewer lanes than nodes, or the queue may use none of the node's lanes, the
 * node takes turns with others at the lanes of a shard.
 */
export function assignedLanes({ rank, live, all, lanes, nowUs }: Standing): AssignedLanes {
  const nodes = Math.max(1, live);
  const nodeIndex = rank % nodes;
  if (all.size >= nodes) {
    const offset = (rotationAt(nowUs) * GOLDEN) % 1;
    const from = Math.max(0, Math.ceil((nodeIndex * all.size) / nodes - offset));
    const to = Math.ceil(((nodeIndex + 1) * all.size) / nodes - offset);
    const own = all.lanes.slice(from, Math.max(from, to)).filter((lane) => lanes.has(lane));
    if (own.length > 0) return { lanes: own, exclusive: true };
  }
  const middle = all.lanes[Math.floor(((nodeIndex + 0.5) * all.size) / nodes)] ?? 0;
  const shard = lanes.shards.find((one) => one >= shardOf(middle)) ?? lanes.shards[0];
  return { lanes: shard === undefined ? [] : lanes.lanesIn(shard), exclusive: false };
}
