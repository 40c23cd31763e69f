import { laneCount, lanesOf, shardOf } from '../capacity.ts';

/** Microseconds after which lanes that do not divide evenly among the nodes pass on to the next of them. */
const ROTATION_US = 5_250_000;

/** Spreads successive offsets evenly over [0, 1): the golden ratio's fractional part. */
const GOLDEN = 0.618_033_988_749_895;

/** Where a node stands among the live ones. */
export interface Standing {
  /** 0 for the first of the live nodes. */
  readonly rank: number;
  readonly live: number;
  /** Transactions a second of the connection. */
  readonly perSecond: number;
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
 * Splits the lanes evenly among the nodes. With a lane or more for each node every lane has one node: where the lanes do
 * not divide evenly, the borders move with time, so that over half a minute all nodes have equal parts. With fewer
 * lanes than nodes, the nodes of a shard share its lanes.
 */
export function assignedLanes({ rank, live, perSecond, nowUs }: Standing): AssignedLanes {
  const nodes = Math.max(1, live);
  const place = rank % nodes;
  if (perSecond < nodes) {
    const middle = Math.min(laneCount(perSecond) - 1, Math.floor(((place + 0.5) * perSecond) / nodes));
    return { lanes: lanesOf(shardOf(middle), perSecond), exclusive: false };
  }
  const offset = (rotationAt(nowUs) * GOLDEN) % 1;
  const from = Math.max(0, Math.ceil((place * perSecond) / nodes - offset));
  const to = Math.ceil(((place + 1) * perSecond) / nodes - offset);
  return {
    lanes: Array.from({ length: Math.max(0, Math.min(to, laneCount(perSecond)) - from) }, (_, i) => from + i),
    exclusive: true,
  };
}
