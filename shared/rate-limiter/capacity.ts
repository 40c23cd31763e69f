/** Transactions a second of one node, as in Google's connector. */
export const PER_NODE = 6;

/**
 * Stripe's rate limit of an account in live mode and in test mode, in requests a second.
 * https://docs.stripe.com/rate-limits
 */
export const ACCOUNT_LIMITS = { live: 100, test: 25 };

/** Number of lanes in a shard. A shard is one document in the store. */
export const LANES_PER_SHARD = 6;

export interface Limits {
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly limitScope: 'node' | 'connection';
  /** Maximum requests per second to the Stripe account. https://docs.stripe.com/rate-limits */
  readonly accountCeiling: number;
  /** Maximum requests per second to each endpoint. */
  readonly endpointCeiling: number;
  /** Maximum requests per second to the Search API. */
  readonly searchCeiling: number;
  /** Maximum requests per second that read files. The same maximum applies to requests that write files. */
  readonly filesCeiling: number;
}

/** The capacity of a connection. */
export interface Capacity {
  /** Transactions a second. */
  readonly perSecond: number;
  readonly nodes: number;
  /** What limits the rate. */
  readonly bound: CapacityBound;
}

/** The rate of the nodes, or the account's ceiling. */
export type CapacityBound = 'rate' | 'account';

/** The limit as one instance sees it. */
export interface LimitView extends Capacity {
  /** Number of callers of this instance that wait for a permit. */
  readonly waiting: number;
  /** 1, or less while Stripe slows the connection. */
  readonly pace: number;
}

/**
 * Returns the capacity: 6 transactions a second for each live node. It counts at least `minNodes` nodes, at most
 * `maxNodes`, and never less than one. With the scope `connection` it is 6 in all. It never exceeds the account's
 * ceiling.
 */
export function capacity(liveNodes: number, limits: Limits): Capacity {
  const nodes = Math.max(1, Math.min(Math.max(liveNodes, limits.minNodes), limits.maxNodes));
  const wanted = limits.limitScope === 'connection' ? PER_NODE : PER_NODE * nodes;
  const cut = Math.min(wanted, limits.accountCeiling);
  // A rate above 1 is rounded down, because every lane has a rate of 1. A further lane for the fraction would exceed
  // the rate.
  const bound = cut === wanted ? 'rate' : 'account';
  return { perSecond: cut < 1 ? cut : Math.floor(cut), nodes, bound };
}

/** Returns the limit as text: `limit 12/s = 6 x 2 nodes (limit_scope node); 6/s in all with limit_scope connection` */
export function describeLimit(limits: Pick<Limits, 'limitScope'>, { perSecond, nodes }: Capacity): string {
  if (limits.limitScope === 'connection') {
    return `limit ${perSecond}/s in all (limit_scope connection); 6/s for each node with limit_scope node`;
  }
  const cut = perSecond < PER_NODE * nodes ? `, cut to ${perSecond}/s by account_ceiling` : '';
  return `limit ${perSecond}/s = 6 x ${nodes} nodes (limit_scope node)${cut}; 6/s in all with limit_scope connection`;
}

/**
 * Returns the number of lanes of a capacity. Each lane has a rate of 1 a second. A capacity below 1 has one slower
 * lane. All nodes number the lanes alike, from 0. A node that counts fewer nodes than the others uses the first lanes
 * only, so together, nodes with different counts never exceed the largest of their capacities.
 */
export function laneCount(perSecond: number): number {
  return Math.ceil(perSecond);
}

/** Returns the lanes 0 to `count` - 1. */
export function lanesBefore(count: number): number[] {
  return Array.from({ length: count }, (_, lane) => lane);
}

/** Returns the rate of one lane, in transactions a second. */
export function laneRate(lane: number, perSecond: number): number {
  return Math.min(1, perSecond - lane);
}

/** Returns the shard of a lane. */
export function shardOf(lane: number): number {
  return Math.floor(lane / LANES_PER_SHARD);
}

/** Returns the number of shards that contain the lanes of a capacity. */
export function shardCount(perSecond: number): number {
  return Math.ceil(laneCount(perSecond) / LANES_PER_SHARD);
}

/** Returns those lanes of a shard that belong to a capacity. Without a capacity, all lanes of the shard. */
export function lanesOf(shard: number, perSecond = Infinity): number[] {
  const first = shard * LANES_PER_SHARD;
  const count = Math.max(0, Math.min(LANES_PER_SHARD, laneCount(perSecond) - first));
  return Array.from({ length: count }, (_, index) => first + index);
}
