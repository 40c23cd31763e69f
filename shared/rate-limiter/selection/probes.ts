import { LANES_PER_SHARD } from '../capacity.ts';
import type { LaneSet } from '../lanes/lane-set.ts';

/** A probe finds room in a shard if at least this many of its lanes are free. */
const MIN_FREE_LANES = 2;

/** Maximum slots of the first reservation after a probe found room: the shard's own node may just begin to use it. */
const FIRST_SLOTS = 2;

/** Pause after a probe found a busy shard, in microseconds. The pause doubles with each further busy shard. */
const MIN_PAUSE_US = 1_000_000;
/** Maximum to which this pause doubles. */
const MAX_PAUSE_US = 60_000_000;
/** Pause if other nodes also wait for this node's own lanes, because free lanes elsewhere are then unlikely. */
const CROWDED_PAUSE_US = 180_000_000;

/**
 * A probe is a reservation of one slot in a shard of other nodes. The node may use the shards in which a probe found
 * room. It probes one shard, then two, then four, while they have room. A busy shard ends the probing for a while.
 */
export class ShardProbes {
  /**
   * Shards that had room, each with the maximum slots of a reservation there. The maximum doubles each time that the
   * shard has room again.
   */
  private readonly roomy = new Map<number, number>();
  private count = 1;
  private closedUntilUs = 0;
  private pauseUs = MIN_PAUSE_US;
  private last: number | undefined;

  /** Shards that had room. */
  get withRoom(): readonly number[] {
    return [...this.roomy.keys()];
  }

  /** Slots that a reservation may take of a shard that had room. */
  limit(shard: number): number {
    return this.roomy.get(shard) ?? 1;
  }

  /** The shards to probe now. */
  next(nowUs: number, lanes: LaneSet, own: ReadonlySet<number>): number[] {
    return this.unknown(nowUs, lanes, own).slice(0, this.count);
  }

  /** The shards of other nodes to watch: first the shards that had room, then the shards after the last one watched. */
  toWatch(count: number, lanes: LaneSet, own: ReadonlySet<number>): number[] {
    const roomy = this.withRoom.filter((shard) => lanes.shards.includes(shard));
    return [...roomy, ...this.others(lanes.shards, own)].slice(0, count);
  }

  /**
   * Returns the shards of other nodes that may have room: the shards with the most lanes, starting after the last
   * probed shard.
   */
  unknown(nowUs: number, lanes: LaneSet, own: ReadonlySet<number>): number[] {
    return nowUs < this.closedUntilUs ? [] : this.others(lanes.fullShards, own);
  }

  /** Returns the shards that are neither `own` nor known to have room. Those after the last probed shard come first. */
  private others(shards: readonly number[], own: ReadonlySet<number>): number[] {
    const last = this.last ?? [...own].at(-1) ?? 0;
    const after = shards.filter((shard) => shard > last);
    return [...after, ...shards.filter((shard) => shard <= last)].filter(
      (shard) => !own.has(shard) && !this.roomy.has(shard),
    );
  }

  /**
   * Records that a shard was read without a reservation, and how many of its lanes are free. The next shard is read
   * without a pause, even if this one has no free lane.
   */
  watched(shard: number, free: number, lanes: LaneSet): void {
    this.last = shard;
    if (free < roomOf(shard, lanes)) this.roomy.delete(shard);
    else if (!this.roomy.has(shard)) this.roomy.set(shard, FIRST_SLOTS);
  }

  /**
   * Records how many free lanes a reservation found in a shard of another node. `crowded` is true if other nodes also
   * wait for this node's own lanes. Free lanes elsewhere are then unlikely.
   */
  learn(shard: number, free: number, crowded: boolean, nowUs: number, lanes: LaneSet): void {
    this.last = shard;
    if (crowded) this.pauseUs = CROWDED_PAUSE_US;
    if (free < roomOf(shard, lanes)) {
      this.roomy.delete(shard);
      this.count = 1;
      this.closedUntilUs = nowUs + this.pauseUs;
      this.pauseUs = Math.min(Math.max(this.pauseUs, MAX_PAUSE_US), 2 * this.pauseUs);
      return;
    }
    const slots = this.roomy.get(shard);
    this.roomy.set(shard, slots === undefined ? FIRST_SLOTS : Math.min(LANES_PER_SHARD, 2 * slots));
    if (slots !== undefined) return;
    this.count = Math.min(lanes.shards.length, 2 * this.count);
    this.pauseUs = MIN_PAUSE_US;
  }

  /**
   * Shortens the pause before the next probe to at most a second. The node's own lanes are free, so a node that kept
   * other shards busy may be gone.
   */
  reset(nowUs: number): void {
    this.pauseUs = MIN_PAUSE_US;
    this.closedUntilUs = Math.min(this.closedUntilUs, nowUs + MIN_PAUSE_US);
  }
}

/** Returns how many lanes of a shard must be free for the shard to have room. */
function roomOf(shard: number, lanes: LaneSet): number {
  return Math.min(MIN_FREE_LANES, lanes.lanesIn(shard).length);
}
