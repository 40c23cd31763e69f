import { shardOf } from '../capacity.ts';
import { isPart, spacingUs, type FleetView } from '../lanes/fleet-view.ts';
import type { LaneSet } from '../lanes/lane-set.ts';
import type { LaneLeases } from '../lanes/leases.ts';
import type { LaneRecords } from '../lanes/records.ts';
import { isReserved } from '../lanes/reserve.ts';
import type { SlotRequest } from '../store.ts';
import { candidate, SlotCounts, SPARE_HANDICAP_US, type Candidate } from './candidates.ts';
import type { LaneChoices } from './choices.ts';
import type { Demand } from './demand.ts';
import { takeFallbacks } from './fallbacks.ts';
import { leaseLanes } from './lease-lanes.ts';

/** A lane counts as known for this many microseconds after an answer reported it. */
const KNOWN_US = 250_000;

/** If a smaller part of all lanes is free, a search would find no free lane. */
const TOO_FEW_FREE = 0.1;

/** If a smaller part of all lanes is free, a slot of an unknown lane is likely late, so the lane's state is read first. */
const MOSTLY_FREE = 0.6;

/** Number of further shards whose state a reservation reads if it also takes slots, and if it takes none. */
const LOOKS = { withSlots: 1, withoutSlots: 5 };

/** Microseconds between two reads by which a node with many callers learns whether other nodes became idle. */
const LOOK_EVERY_US = 5_000_000;

/**
 * After callers of a lower class left the reserved lanes free, these lanes are likely free for this many microseconds.
 */
const RESERVE_KEPT_US = 3_000_000;

/**
 * While reads leave the reserved lanes free, a payment takes a slot of a known lane that is due within this time,
 * instead of reading the state of further shards. Microseconds.
 */
const NEAR_US = 300_000;

/** A search takes no slots that are later than this. Microseconds. */
const HORIZON_US = 3_500_000;

/** What a node knows of the lanes of other nodes that a queue may use. */
export interface OtherLanes {
  /** Lanes that an answer reported a moment ago, in use or not. */
  readonly known: readonly number[];
  /** Lanes that may be free, in the order in which to try them. */
  readonly unknown: readonly number[];
}

/**
 * Finds free lanes of other nodes for a lone caller. All lanes of the node may be in use while lanes of other nodes are
 * free, because calls come at random and an endpoint has few lanes of each node.
 */
export class LaneSearch {
  private lastShard: number | undefined;
  private lookedUs = -Infinity;

  constructor(
    private readonly records: LaneRecords,
    private readonly choices: LaneChoices,
    private readonly leases: LaneLeases,
  ) {}

  /** True if the queue looks for free lanes of other nodes. `lone`: few callers wait (`Demand`). */
  applies(lone: boolean, fromUs: number, view: FleetView): boolean {
    return lone && (isPart(view) || this.hasOtherNodes(fromUs, view)) && this.isPromising(fromUs);
  }

  /** True if other nodes have lanes of their own. */
  private hasOtherNodes(fromUs: number, view: FleetView): boolean {
    const { assigned } = this.choices.at(fromUs, view);
    return assigned.exclusive && assigned.lanes.length < view.lanes.size;
  }

  /** Plans slots for a lone caller, from the node's own lanes or from lanes of other nodes. */
  plan(demand: Demand, fromUs: number, view: FleetView, taken: ReadonlySet<number>): SlotRequest[] {
    const { wanted, lease, rare } = demand;
    const latestUs = Math.min(demand.latestUs, fromUs + HORIZON_US);
    const { assigned } = this.choices.at(fromUs, view);
    const found = this.others(view.lanes, assigned.lanes, fromUs);
    const open = (lanes: readonly number[], handicapUs: number): Candidate[] =>
      lanes
        .filter((lane) => !taken.has(lane))
        .map((lane) => candidate(lane, this.choices.nextUs(lane, fromUs, view), view, handicapUs));
    const own = open(assigned.lanes, 0);
    const lanes = [...own, ...open(found.known, SPARE_HANDICAP_US)];
    const guesses = open(found.unknown, 2 * SPARE_HANDICAP_US);
    const enough = lanes.filter(({ nextUs }) => nextUs <= fromUs).length >= wanted;
    const counts = new SlotCounts();
    if (enough || guesses.length === 0) counts.take(lanes, wanted, latestUs);
    else if (this.mayGuess) counts.take([...lanes, ...guesses], wanted, latestUs);
    else counts.take(lanes, wanted, this.isReserveKept(fromUs) ? Math.min(latestUs, fromUs + NEAR_US) : fromUs);
    if (rare && assigned.exclusive) takeFallbacks(counts, own, fromUs);
    if (lease > 0 && assigned.exclusive) leaseLanes(counts, own, this.leases, fromUs, lease);
    const requests = counts.requests();
    return enough ? requests : [...requests, ...this.looks(found.unknown, taken, requests, view)];
  }

  /** Returns requests that report whether lanes of other nodes became free, for a queue with many callers. */
  looksOfQueue(
    requests: readonly SlotRequest[],
    fromUs: number,
    view: FleetView,
    taken: ReadonlySet<number>,
  ): SlotRequest[] {
    const { assigned } = this.choices.at(fromUs, view);
    return this.looks(this.others(view.lanes, assigned.lanes, fromUs).unknown, taken, requests, view);
  }

  /** Returns which of the `lanes` of other nodes are known, and which may be free. `own`: the lanes of this node. */
  others(lanes: LaneSet, own: readonly number[], fromUs: number): OtherLanes {
    const others = lanes.lanes.filter((lane) => !own.includes(lane));
    const isKnown = (lane: number): boolean => this.records.ageUs(lane, fromUs) < KNOWN_US;
    // A lane that was reserved beyond this moment is in use, however old the answer is.
    const unknown = others.filter((lane) => !isKnown(lane) && this.records.nextUs(lane) <= fromUs);
    const last = this.lastShard ?? shardOf(own.at(-1) ?? 0);
    const kept = this.isReserveKept(fromUs);
    const rank = (lane: number): number => (kept && isReserved(lane) ? 0 : 2) + (shardOf(lane) > last ? 0 : 1);
    return { known: others.filter(isKnown), unknown: unknown.sort((a, b) => rank(a) - rank(b)) };
  }

  /** True if a search may find a free lane: enough of all lanes are free, or reads leave the reserved lanes free. */
  private isPromising(nowUs: number): boolean {
    return this.records.freePart >= TOO_FEW_FREE || this.isReserveKept(nowUs);
  }

  /** True if callers of a lower class recently had to leave the reserved lanes free. */
  private isReserveKept(nowUs: number): boolean {
    return nowUs < this.records.reserveKeptAtUs + RESERVE_KEPT_US;
  }

  /** True if a slot of an unknown lane is likely to be soon. */
  private get mayGuess(): boolean {
    return this.records.freePart >= MOSTLY_FREE;
  }

  /** True if it is time to read again whether lanes of other nodes became free. */
  lookDue(nowUs: number): boolean {
    return nowUs >= this.lookedUs + LOOK_EVERY_US;
  }

  /**
   * Returns requests with a count of 0, which report the lanes of further shards and take no slots. `slots`: requests
   * of the same commit.
   */
  private looks(
    unknown: readonly number[],
    taken: ReadonlySet<number>,
    slots: readonly SlotRequest[],
    view: FleetView,
  ): SlotRequest[] {
    const touched = new Set(slots.map(({ lane }) => shardOf(lane)));
    const laneOf = new Map<number, number>();
    for (const lane of unknown) {
      const shard = shardOf(lane);
      if (!taken.has(lane) && !touched.has(shard) && !laneOf.has(shard)) laneOf.set(shard, lane);
    }
    const count = slots.length > 0 ? LOOKS.withSlots : LOOKS.withoutSlots;
    return [...laneOf.values()].slice(0, count).map((lane) => ({ lane, count: 0, spacingUs: spacingUs(view) }));
  }

  /** Records that the answer to requests from `fromUs` on reported these lanes of other nodes. */
  learn(lanes: readonly number[], fromUs: number): void {
    const last = lanes.at(-1);
    if (last === undefined) return;
    this.lastShard = shardOf(last);
    this.lookedUs = fromUs;
  }
}
