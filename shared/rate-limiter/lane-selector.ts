import type { LaneState, Reservation, SlotRequest } from './store.ts';
import {
  evenPart,
  homeLanes,
  laneRate,
  LANES_PER_SHARD,
  lanesOf,
  shardCount,
  shardOf,
  type HomeLane,
} from './capacity.ts';
import { slotInterval } from './gcra.ts';
import { soonestSlots } from './soonest-slots.ts';

/** Slots of one shard that one reservation takes at most: a crash loses no more. */
const MAX_BATCH = 6;

/** The same where others take from the shard too, so that turns come round sooner; more only for a large part of it. */
const SHARED_BATCH = 3;
const SHARED_BATCH_OF_PART = 1.5;

/** Microseconds by which a lane outside the node's part must be sooner than one of the node's own. */
const FOREIGN_HANDICAP_US = 20_000;

/** Lanes of a shard that are free where a probe finds room. */
const MIN_FREE_LANES = LANES_PER_SHARD / 2;

/** Microseconds without a probe after one that found a busy shard: doubles while they do. */
const MIN_PROBE_PAUSE_US = 1_000_000;
const MAX_PROBE_PAUSE_US = 30_000_000;

/** A lane that a reservation may take from. */
interface Candidate {
  readonly lane: number;
  readonly shard: number;
  readonly home: boolean;
  readonly spacingUs: number;
  /** When its next slot can be, as far as we know. */
  readonly nextUs: number;
}

/** The fleet as a reservation sees it: what a count of the nodes, the ceilings and the throttle make of it. */
export interface FleetView {
  /** Transactions a second of the connection. */
  readonly perSecond: number;
  readonly live: number;
  readonly rank: number;
  /** Microseconds that each slot costs more because the time is not known well (`gcra`). */
  readonly blurUs: number;
  /** Intervals are so many times longer (`throttle`). */
  readonly stretch: number;
}

/**
 * Which lanes a node takes its slots from: those of its own part of the capacity first, then the other lanes of the
 * same shards, then shards of others that have room. Each answer tells all lanes of the shards that it touched; room in
 * a shard that was not touched yet is found by probes: one slot of one shard, then two, four ... while they find room.
 * So a busy node among idle ones gets the whole capacity within a few reservations.
 */
export class LaneSelector {
  /** The next free slot of each lane, as an answer told it last. */
  private readonly next = new Map<number, number>();
  /** When a shard was told last. */
  private readonly toldUs = new Map<number, number>();
  /** Shards from which others took too, when we last saw them. */
  private readonly contended = new Set<number>();
  /** Shards of others that had room. */
  private readonly roomy = new Set<number>();
  private probes = 1;
  private closedUntilUs = 0;
  private pauseUs = MIN_PROBE_PAUSE_US;
  private lastProbed: number | undefined;

  /**
   * Requests for `wanted` slots from `fromUs` on, or for as many as one reservation may take; and, where the lanes
   * of its own shards are all busy, for `ahead` more that nobody waits for yet.
   */
  plan(wanted: number, ahead: number, fromUs: number, view: FleetView): SlotRequest[] {
    const candidates = this.candidates(fromUs, view, wanted > 1);
    const left = this.batches(view);
    const counts = new Map<Candidate, number>();
    const take = (from: readonly Candidate[], slots: number): void => {
      for (let i = 0; i < slots; i += 1) {
        const best = earliest(
          from.filter(({ shard }) => (left.get(shard) ?? 1) > 0),
          counts,
        );
        if (best === undefined) return;
        counts.set(best, (counts.get(best) ?? 0) + 1);
        left.set(best.shard, (left.get(best.shard) ?? 1) - 1);
      }
    };
    take(candidates, wanted);
    const homes = homeShardsOf(view);
    const whole = evenPart(view.live, view.perSecond) >= LANES_PER_SHARD;
    const own = candidates.filter(
      ({ home, shard }) => homes.has(shard) && (this.contended.has(shard) ? home && whole : true),
    );
    if (own.every(({ nextUs }) => nextUs > fromUs)) take(own, ahead);
    return [...counts].map(([{ lane, spacingUs }, count]) => ({ lane, count, spacingUs }));
  }

  /** Learns what became of requests that were to begin at `fromUs`. */
  learn(requests: readonly SlotRequest[], { grants, lanes }: Reservation, fromUs: number, view: FleetView): void {
    const before = new Map(lanes.map(({ lane, nextUs }) => [lane, nextUs]));
    requests.forEach(({ lane }, index) => before.set(lane, grants[index]?.firstUs ?? fromUs));
    const moved = (lane: number): boolean => (before.get(lane) ?? 0) > Math.max(this.next.get(lane) ?? 0, fromUs);
    const homes = homeShardsOf(view);
    for (const shard of new Set(requests.map(({ lane }) => shardOf(lane)))) {
      const asked = requests.map(({ lane }) => lane).filter((lane) => shardOf(lane) === shard);
      if (lanesOf(shard).some(moved)) this.contended.add(shard);
      else this.contended.delete(shard);
      const free = lanesOf(shard).filter((lane) => (before.get(lane) ?? 0) <= fromUs).length;
      const busy = asked.some(moved) || (!this.roomy.has(shard) && free < MIN_FREE_LANES);
      if (!homes.has(shard)) this.learnForeign(shard, busy, fromUs, view);
      else if (asked.some((lane) => before.get(lane) === fromUs)) this.pauseUs = MIN_PROBE_PAUSE_US;
      this.toldUs.set(shard, fromUs);
    }
    for (const { lane, nextUs } of lanes) this.next.set(lane, nextUs);
  }

  /** How many of these lanes are free at `atUs`. */
  free(lanes: readonly LaneState[], atUs: number, { perSecond }: FleetView): number {
    return lanes.filter(({ lane, nextUs }) => nextUs <= atUs && laneRate(lane, perSecond) > 0).length;
  }

  /** A lower bound of when further slots can be, each by its place (1: the next one). */
  soonestUs(fromUs: number, view: FleetView): (place: number) => number {
    const open = fromUs < this.closedUntilUs ? [] : this.unknown(view);
    const unknown = open.flatMap((shard) =>
      lanesOf(shard).map((lane) => ({ nextUs: fromUs, spacingUs: spacingUs(lane, view) })),
    );
    return soonestSlots([...this.known(fromUs, view), ...unknown]);
  }

  private candidates(fromUs: number, view: FleetView, probing: boolean): Candidate[] {
    const probed = !probing || fromUs < this.closedUntilUs ? [] : this.unknown(view).slice(0, this.probes);
    return [
      ...this.known(fromUs, view),
      // The last lane: the shard's own node takes the first that is free.
      ...probed.map((shard) => this.candidate((shard + 1) * LANES_PER_SHARD - 1, fromUs, view, false)),
    ];
  }

  /** The node's own lanes, and the other lanes of shards that it uses, from the one after its own on. */
  private known(fromUs: number, view: FleetView): Candidate[] {
    const homes = homesOf(view).map(({ lane }) => lane);
    const after = homes.at(-1) ?? 0;
    const others = [...homeShardsOf(view), ...this.roomy]
      .filter((shard) => shard < shardCount(view.perSecond))
      .flatMap((shard) => lanesOf(shard, view.perSecond))
      .filter((lane) => !homes.includes(lane))
      .sort((a, b) => ((a - after + 1e6) % LANES_PER_SHARD) - ((b - after + 1e6) % LANES_PER_SHARD));
    return [
      ...homes.map((lane) => this.candidate(lane, fromUs, view, true)),
      ...others.map((lane) => this.candidate(lane, fromUs, view, false)),
    ];
  }

  private candidate(lane: number, fromUs: number, view: FleetView, home: boolean): Candidate {
    const nextUs = this.next.get(lane) ?? 0;
    const knownUs = home ? nextUs : Math.max(nextUs, this.likelyUs(lane, nextUs, fromUs));
    return { lane, shard: shardOf(lane), home, spacingUs: spacingUs(lane, view), nextUs: Math.max(knownUs, fromUs) };
  }

  /**
   * Where others take too, a queue that a lane had is likely there still, and shorter the longer ago that was. Without
   * this, all nodes of a shard would go to the lane that all of them saw empty.
   */
  private likelyUs(lane: number, nextUs: number, fromUs: number): number {
    const shard = shardOf(lane);
    const toldUs = this.toldUs.get(shard);
    if (toldUs === undefined || !this.contended.has(shard)) return fromUs;
    return fromUs + Math.max(0, nextUs - toldUs - Math.floor((fromUs - toldUs) / 2));
  }

  /** Slots that one reservation may take of each shard; 1 of one that is not here. */
  private batches(view: FleetView): Map<number, number> {
    const batches = new Map<number, number>([...this.roomy].map((shard) => [shard, MAX_BATCH]));
    const whole = Math.max(SHARED_BATCH, SHARED_BATCH_OF_PART * evenPart(view.live, view.perSecond));
    for (const shard of homeShardsOf(view)) {
      const homes = homesOf(view).filter(({ lane }) => shardOf(lane) === shard);
      const shared = Math.round(whole * homes.reduce((sum, { weight }) => sum + weight, 0));
      batches.set(shard, this.contended.has(shard) ? Math.min(MAX_BATCH, Math.max(1, shared)) : MAX_BATCH);
    }
    return batches;
  }

  /** Whole shards of which we know nothing, from the one after the last probed on. */
  private unknown(view: FleetView): number[] {
    const shards = shardCount(view.perSecond);
    const homes = homeShardsOf(view);
    const start = (this.lastProbed ?? [...homes].at(-1) ?? 0) + 1;
    return Array.from({ length: shards }, (_, index) => (start + index) % shards).filter(
      (shard) =>
        !homes.has(shard) && !this.roomy.has(shard) && lanesOf(shard, view.perSecond).length === LANES_PER_SHARD,
    );
  }

  private learnForeign(shard: number, busy: boolean, nowUs: number, view: FleetView): void {
    this.lastProbed = shard;
    if (busy) {
      this.roomy.delete(shard);
      this.probes = 1;
      this.closedUntilUs = nowUs + this.pauseUs;
      this.pauseUs = Math.min(MAX_PROBE_PAUSE_US, 2 * this.pauseUs);
      return;
    }
    if (this.roomy.has(shard)) return;
    this.roomy.add(shard);
    this.probes = Math.min(shardCount(view.perSecond), 2 * this.probes);
    this.pauseUs = MIN_PROBE_PAUSE_US;
  }
}

/** Microseconds between two slots of a lane. */
function spacingUs(lane: number, { perSecond, blurUs, stretch }: FleetView): number {
  return stretch * slotInterval(laneRate(lane, perSecond)) + blurUs;
}

function homesOf({ rank, live, perSecond }: FleetView): HomeLane[] {
  return homeLanes(rank, live, perSecond);
}

function homeShardsOf(view: FleetView): Set<number> {
  return new Set(homesOf(view).map(({ lane }) => shardOf(lane)));
}

function earliest(candidates: readonly Candidate[], counts: ReadonlyMap<Candidate, number>): Candidate | undefined {
  const atUs = (one: Candidate): number =>
    one.nextUs + (one.home ? 0 : FOREIGN_HANDICAP_US) + (counts.get(one) ?? 0) * one.spacingUs;
  return candidates.reduce<Candidate | undefined>(
    (best, one) => (best === undefined || atUs(one) < atUs(best) ? one : best),
    undefined,
  );
}
