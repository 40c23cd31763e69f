import { laneCount, laneRate, lanesBefore, shardOf } from '../capacity.ts';

/**
 * The lanes that a queue may take slots from, in the order in which they are split among the nodes. The queue of all calls
 * has the lanes of the capacity; the queue of one endpoint has some of them (`endpoints/ring.ts`).
 */
export class LaneSet {
  /** Shards with at least one of the lanes. */
  readonly shards: readonly number[];
  /** The shards that have the most lanes of the set. */
  readonly fullShards: readonly number[];
  private readonly byShard = new Map<number, number[]>();

  /** `rate`: transactions a second of each lane, at most 1. */
  constructor(
    readonly lanes: readonly number[],
    readonly rate = 1,
  ) {
    for (const lane of lanes) {
      const shard = shardOf(lane);
      this.byShard.set(shard, [...(this.byShard.get(shard) ?? []), lane]);
    }
    this.shards = [...this.byShard.keys()];
    const most = Math.max(...[...this.byShard.values()].map(({ length }) => length));
    this.fullShards = this.shards.filter((shard) => this.lanesIn(shard).length === most);
  }

  /** Identifies the set among the lane sets of one queue. */
  get key(): string {
    return `${this.lanes[0]}+${this.lanes.length}@${this.lanes.at(-1)}`;
  }

  get size(): number {
    return this.lanes.length;
  }

  has(lane: number): boolean {
    return this.lanesIn(shardOf(lane)).includes(lane);
  }

  /** Returns the lanes of the set that are in a shard. */
  lanesIn(shard: number): readonly number[] {
    return this.byShard.get(shard) ?? [];
  }
}

/** All lanes of a capacity. */
export function allLanes(perSecond: number): LaneSet {
  return new LaneSet(lanesBefore(laneCount(perSecond)), laneRate(0, perSecond));
}
