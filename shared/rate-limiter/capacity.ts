/** Transactions a second of one node: the vendor's figure. */
export const PER_NODE = 6;

/** Lanes that one document of the store holds, its shard. */
export const LANES_PER_SHARD = 6;

export interface Limits {
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly limitScope: 'node' | 'connection';
  /** Transactions a second that Stripe takes of the account, and at one endpoint. https://docs.stripe.com/rate-limits */
  readonly accountCeiling: number;
  readonly endpointCeiling: number;
}

/** What a connection may start in one second. */
export interface Capacity {
  /** Transactions a second. */
  readonly perSecond: number;
  readonly nodes: number;
  /** What limits it. */
  readonly bound: CapacityBound;
}

/** The rate of the nodes, or one of Stripe's ceilings. */
export type CapacityBound = 'rate' | 'account' | 'endpoint';

/** The limit as one instance sees it. */
export interface LimitView extends Capacity {
  /** Callers of this instance who wait for a turn. */
  readonly waiting: number;
  /** 1, or less while Stripe slows the connection. */
  readonly pace: number;
}

/** 6 for each live node between the floor and the ceiling, at least one node; or 6 in all; below Stripe's own ceilings. */
export function capacity(liveNodes: number, limits: Limits): Capacity {
  const nodes = Math.max(1, Math.min(Math.max(liveNodes, limits.minNodes), limits.maxNodes));
  const wanted = limits.limitScope === 'connection' ? PER_NODE : PER_NODE * nodes;
  const cut = Math.min(wanted, limits.accountCeiling, limits.endpointCeiling);
  // A window holds a whole number of releases: a fraction above one would round up in the sum over the shards.
  const bound = cut === wanted ? 'rate' : cut === limits.accountCeiling ? 'account' : 'endpoint';
  return { perSecond: cut < 1 ? cut : Math.floor(cut), nodes, bound };
}

/**
 * A capacity is a row of lanes of 1 a second each; the only lane of a capacity below 1 is slower. The lanes depend on
 * the capacity alone, never on which node uses them: the lanes of an instance that sees fewer nodes are the first of
 * those of the others, so different views never add up.
 */
export function laneCount(perSecond: number): number {
  return Math.ceil(perSecond);
}

/** Transactions a second of one lane. */
export function laneRate(lane: number, perSecond: number): number {
  return Math.min(1, perSecond - lane);
}

/** The shard that holds a lane. */
export function shardOf(lane: number): number {
  return Math.floor(lane / LANES_PER_SHARD);
}

export function shardCount(perSecond: number): number {
  return Math.ceil(laneCount(perSecond) / LANES_PER_SHARD);
}

/** The lanes of a shard, of which the capacity may not use the last ones. */
export function lanesOf(shard: number, perSecond = Infinity): number[] {
  const first = shard * LANES_PER_SHARD;
  const count = Math.max(0, Math.min(LANES_PER_SHARD, laneCount(perSecond) - first));
  return Array.from({ length: count }, (_, index) => first + index);
}
