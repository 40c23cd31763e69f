/** Transactions a second of one node: the vendor's figure, and the rate of a whole shard. */
export const PER_NODE = 6;

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
}

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
  return { perSecond: cut < 1 ? cut : Math.floor(cut), nodes };
}

/**
 * A capacity is a line from 0 to its rate, cut every 6 into shards: shard i is the part [6i, 6i + 6), the last may be
 * shorter. A shard's rate depends on the ceilings alone, never on the live nodes: what instances that see fewer nodes
 * use is a part of what others use, so views that differ never add up.
 */
export function shardCount(perSecond: number): number {
  return Math.ceil(perSecond / PER_NODE);
}

/** Transactions a second of one shard. */
export function shardRate(shard: number, perSecond: number): number {
  return Math.min(PER_NODE, perSecond - PER_NODE * shard);
}

/** A shard under a node's part of the capacity. */
export interface Home {
  readonly shard: number;
  /** How much of the node's part it holds: all are 1 together. */
  readonly weight: number;
}

/** Transactions a second that each of equal nodes has of the capacity. */
export function evenPart(liveNodes: number, perSecond: number): number {
  return perSecond / Math.max(1, liveNodes);
}

/**
 * The shards that the node of this rank works with: those under its even part of the line. Equal nodes get equal
 * parts, with one shard each where nodes and shards are as many.
 */
export function homeShards(rank: number, liveNodes: number, perSecond: number): Home[] {
  const part = evenPart(liveNodes, perSecond);
  const from = (rank % Math.max(1, liveNodes)) * part;
  const homes: Home[] = [];
  for (let shard = Math.floor(from / PER_NODE); shard < shardCount(perSecond); shard += 1) {
    const weight = (Math.min(from + part, (shard + 1) * PER_NODE) - Math.max(from, shard * PER_NODE)) / part;
    if (weight > 1e-9) homes.push({ shard, weight });
    else if (homes.length > 0) break;
  }
  return homes;
}
