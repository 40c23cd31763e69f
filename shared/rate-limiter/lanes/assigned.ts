import { shardOf } from '../capacity.ts';
import { GOLDEN } from './golden-ratio.ts';
import type { LaneSet } from './lane-set.ts';

/** Microseconds after which lanes that do not divide evenly among the nodes pass on to the next of them. */
const ROTATION_US = 5_250_000;

/** Where a node stands among the live ones. */
export interface Standing {
  /** 0 for the first of the live nodes. */
  readonly rank: number;
  readonly live: number;
  /** The lanes of the capacity, which the nodes share. */
  readonly all: LaneSet;
  /** Those that the queue may use. */
  readonly lanes: LaneSet;
  /** A time of the store, in microseconds. */
  readonly nowUs: number;
}

/** The lanes that a node takes slots from first. */
export interface AssignedLanes {
  readonly lanes: readonly number[];
  /** Whether they are assigned to this node alone; otherwise the nodes of one shard take turns at all of its lanes. */
  readonly exclusive: boolean;
}

/** Which turn of the borders a time falls into. */
export function rotationAt(nowUs: number): number {
  return Math.floor(nowUs / ROTATION_US);
}

/**
 * Splits the lanes of the capacity evenly among the nodes. With a lane or more for each node every lane has one node: where
 * the lanes do not divide evenly, the borders move with time, so that over half a minute all nodes have equal parts. With
 * fewer lanes than nodes, or without a lane of the queue among its own, a node takes turns at those of a shard.
 */
export function assignedLanes({ rank, live, all, lanes, nowUs }: Standing): AssignedLanes {
  const nodes = Math.max(1, live);
  const place = rank % nodes;
  if (all.size >= nodes) {
    const offset = (rotationAt(nowUs) * GOLDEN) % 1;
    const from = Math.max(0, Math.ceil((place * all.size) / nodes - offset));
    const to = Math.ceil(((place + 1) * all.size) / nodes - offset);
    const own = all.lanes.slice(from, Math.max(from, to)).filter((lane) => lanes.has(lane));
    if (own.length > 0) return { lanes: own, exclusive: true };
  }
  const middle = all.lanes[Math.floor(((place + 0.5) * all.size) / nodes)] ?? 0;
  const shard = lanes.shards.find((one) => one >= shardOf(middle)) ?? lanes.shards[0];
  return { lanes: shard === undefined ? [] : lanes.lanesIn(shard), exclusive: false };
}
