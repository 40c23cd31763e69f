import { laneCount, laneRate, LANES_PER_SHARD, lanesOf, shardOf } from '../capacity.ts';
import { slotInterval } from '../gcra.ts';
import { nextRotationUs, lanesOfNode, SLOW_ROTATION_US } from '../lanes/assigned.ts';
import { ShardProbes } from '../lanes/probes.ts';
import { LaneRecords } from '../lanes/records.ts';
import { soonestSlots } from '../lanes/soonest-slots.ts';
import type { FleetView } from '../lanes/selector.ts';
import type { LaneReport, SlotRequest } from '../store.ts';

/** Microseconds between two moves of the borders where nodes without a lane wait for one. */
const FAST_TURN_US = 25_200_000;

/** What the last answer told of a lane may be used for so long. Microseconds. */
const REPORTED_US = 250_000;

/** Microseconds that a node may keep a lane after it passed on. */
const BORDER_US = 100_000;

/** Nodes that take turns at their endpoints leave a lane of theirs free for less than this. Microseconds. */
const LEFT_IDLE_US = 1_500_000;

/** A lane of an endpoint that a reservation may take time of. Microseconds. */
export interface EndpointLane {
  readonly lane: number;
  /** From when it is free, as far as this node can tell. */
  readonly nextUs: number;
  /** When it passes on to another node. */
  readonly endUs: number;
  readonly spacingUs: number;
}

/**
 * Which lanes of one endpoint a node uses: those of its share, and those that it found free. With fewer lanes than nodes a
 * node has a lane in some turns of the borders only. Where all of them are in use, one slot of another node's shard is a
 * probe: the answer reports all of its lanes.
 */
export class EndpointLanes {
  private readonly records = new LaneRecords(LEFT_IDLE_US);
  private readonly probes = new ShardProbes();
  /** By which part of a lane its borders are moved, so that a node has not the same share of each endpoint. */
  shift = 0;
  /** Lanes of other nodes that were seen idle, and that this node uses since. */
  private readonly spare = new Set<number>();

  constructor(private readonly perSecond: number) {}

  /**
   * The lanes of the node's share now and after the borders move, then further ones that seem free. `byChance`: also those
   * that were free a moment ago.
   */
  known(fromUs: number, view: FleetView, byChance: boolean): EndpointLane[] {
    const movedUs = this.movedUs(fromUs, view);
    const own = this.share(fromUs, view);
    const later = this.share(movedUs, view);
    const others = Array.from({ length: laneCount(this.perSecond) }, (_, lane) => lane).filter(
      (lane) => !own.includes(lane) && !later.includes(lane),
    );
    const spare = others.filter(
      (lane) =>
        (this.spare.has(lane) && this.records.isSpare(lane, fromUs)) ||
        (byChance && this.records.backlogUs(lane) === 0 && this.records.ageUs(lane, fromUs) < REPORTED_US),
    );
    return [
      ...own.map((lane) => this.lane(lane, fromUs, view, later.includes(lane) ? Infinity : movedUs)),
      ...later.filter((lane) => !own.includes(lane)).map((lane) => this.lane(lane, movedUs, view)),
      ...spare.map((lane) => this.lane(lane, fromUs, view)),
      ...(byChance && own.length === 0 ? this.guessed(fromUs, view) : []).map((lane) => this.lane(lane, fromUs, view)),
    ];
  }

  /** Lanes of shards of which nothing is known, one of each, if it is time for probes. */
  unknown(fromUs: number, view: FleetView): EndpointLane[] {
    const own = new Set(this.share(fromUs, view).map(shardOf));
    return this.probes.next(fromUs, this.perSecond, own).flatMap((shard) => {
      const lanes = lanesOf(shard, this.perSecond);
      const lane = lanes[view.rank % lanes.length];
      return lane === undefined ? [] : [this.lane(lane, fromUs, view)];
    });
  }

  /** Lanes that may be free, for a node that has none of its own in this turn: the answer reports the others of the shard. */
  private guessed(fromUs: number, view: FleetView): number[] {
    const middle = Math.floor((((view.rank % view.live) + 0.5) * this.perSecond) / view.live);
    const lanes = lanesOf(shardOf(middle), this.perSecond);
    const stale = lanes.filter((lane) => this.records.ageUs(lane, fromUs) >= REPORTED_US);
    const first = view.rank % Math.max(1, stale.length);
    return [...stale.slice(first), ...stale.slice(0, first)];
  }

  /** How many lanes seem free at this time, where calls come by chance. */
  freeCount(fromUs: number, view: FleetView): number {
    const free = this.known(fromUs, view, true).filter((lane) => lane.nextUs <= fromUs && isUsable(lane)).length;
    return free > 0 ? free : this.unknown(fromUs, view).length;
  }

  /** A lower bound of when further slots can be (1: the next one). */
  soonestUs(fromUs: number, view: FleetView, byChance: boolean): (place: number) => number {
    const known = this.known(fromUs, view, byChance)
      .filter(isUsable)
      .map((lane) => ({ ...lane, lanes: 1 }));
    const probes = LANES_PER_SHARD * this.unknown(fromUs, view).length;
    const spacing = this.spacingUs(0, view);
    return soonestSlots([
      ...known,
      ...(probes > 0 ? [{ nextUs: fromUs, spacingUs: spacing, lanes: probes }] : []),
      ...(known.length === 0 ? [{ nextUs: this.movedUs(fromUs, view), spacingUs: spacing, lanes: 1 }] : []),
    ]);
  }

  /** Learns the answer to requests that were to begin at `fromUs`. */
  learn(requests: readonly SlotRequest[], report: LaneReport, fromUs: number, view: FleetView): void {
    const share = this.share(fromUs, view);
    const own = new Set(share.map(shardOf));
    const later = this.share(this.movedUs(fromUs, view), view);
    this.records.learn(requests, report, fromUs);
    const lanes = laneCount(this.perSecond);
    const taken = new Set(requests.flatMap(({ lane, count }) => (count > 0 ? [lane] : [])));
    for (const { lane, nextUs } of report.lanes) {
      const isOwn = share.includes(lane) || later.includes(lane);
      if (isOwn || this.records.isShared(lane) !== false) this.spare.delete(lane);
      else if (lane < lanes && !taken.has(lane) && (nextUs === 0 || nextUs < fromUs - LEFT_IDLE_US))
        this.spare.add(lane);
    }
    for (const shard of new Set(requests.map(({ lane }) => shardOf(lane)))) {
      if (own.has(shard)) continue;
      const free = lanesOf(shard, this.perSecond).filter((lane) => this.records.isShared(lane) === false).length;
      this.probes.learn(shard, free, false, fromUs, this.perSecond);
    }
  }

  share(fromUs: number, { rank, live }: FleetView): number[] {
    const { perSecond, shift } = this;
    return lanesOfNode({ rank, live, perSecond, nowUs: fromUs, turnUs: this.turnUs(live), shift });
  }

  private movedUs(fromUs: number, { live }: FleetView): number {
    return nextRotationUs(fromUs, this.turnUs(live));
  }

  /** Where every node has a lane the borders move slowly: each move costs slots. */
  private turnUs(live: number): number {
    return this.perSecond >= live ? SLOW_ROTATION_US : FAST_TURN_US;
  }

  private lane(lane: number, fromUs: number, view: FleetView, endUs = Infinity): EndpointLane {
    const nextUs = Math.max(fromUs, this.records.nextUs(lane));
    return { lane, nextUs, endUs, spacingUs: this.spacingUs(lane, view) };
  }

  /** Stripe's 429 slows the account's lanes alone. */
  private spacingUs(lane: number, { blurUs }: FleetView): number {
    return slotInterval(laneRate(lane, this.perSecond)) + blurUs;
  }
}

/** Whether the lane has a slot before it passes on. */
export function isUsable({ nextUs, spacingUs, endUs }: EndpointLane, atUs = nextUs): boolean {
  return Math.max(nextUs, atUs) + spacingUs <= endUs + BORDER_US;
}
