import type { Filled, Order } from './store.ts';
import { evenPart, homeShards, PER_NODE, shardCount, shardRate, type Home } from './capacity.ts';
import { slotInterval } from './gcra.ts';

/** Slots of one shard that one reservation takes at most: a crash loses no more. */
const LARGEST_BATCH = 6;

/** The same where others take from the shard too, so that turns come round sooner; more only for a large part of it. */
const SHARED_BATCH = 3;
const SHARED_BATCH_OF_PART = 1.5;

/** Microseconds that an unknown shard must promise to be better than the node's own. */
const HANDICAP_US = 20_000;

/** Microseconds without a probe after one that found a busy shard: doubles while they do. */
const FIRST_PAUSE_US = 1_000_000;
const LONGEST_PAUSE_US = 30_000_000;

/** A shard that a reservation may take from. */
interface Candidate {
  readonly shard: number;
  readonly spacingUs: number;
  readonly most: number;
  /** When its next slot can be, as far as we know; moves on as slots are given. */
  nextUs: number;
  count: number;
}

/** How the fleet stands to a reservation: what a view, the ceilings and the pace make of it. */
export interface Terms {
  /** Transactions a second of the connection. */
  readonly perSecond: number;
  readonly live: number;
  readonly rank: number;
  /** Microseconds that each slot costs more because the time is not known well (`token-bucket`). */
  readonly blurUs: number;
  /** Intervals are so many times longer (`pace`). */
  readonly stretch: number;
}

/**
 * Which shards a node takes its slots from. First those under its own part of the capacity; where these are not
 * enough, others that have room. Room is found by probes: one slot of one unknown shard, then two, four ... while they
 * find room; a busy one ends it for a while. So one busy node among idle ones gets the whole capacity within a few
 * reservations, and nodes that are all busy keep to themselves.
 */
export class ShardChoice {
  /** The next free slot of each shard that we use, as we last saw it. */
  private readonly next = new Map<number, number>();
  /** Shards from which others take too, as we last saw it. */
  private readonly shared = new Set<number>();
  /** Shards of others that had room. */
  private readonly roomy = new Set<number>();
  private probes = 1;
  private closedUntilUs = 0;
  private pauseUs = FIRST_PAUSE_US;
  private lastProbed: number | undefined;

  /** Microseconds between two releases of a shard. */
  spacingUs(shard: number, { perSecond, blurUs, stretch }: Terms): number {
    return stretch * slotInterval(shardRate(shard, perSecond)) + blurUs;
  }

  /**
   * Orders for `wanted` slots from `fromUs` on, or for as many as one reservation may take; and for `ahead` more that
   * nobody waits for yet, of a shard that is the node's alone.
   */
  plan(wanted: number, ahead: number, fromUs: number, terms: Terms): Order[] {
    const candidates = this.candidates(fromUs, terms);
    for (let left = wanted; left > 0; left -= 1) {
      const best = candidates.reduce<Candidate | undefined>(
        (first, one) => (one.count < one.most && (first === undefined || one.nextUs < first.nextUs) ? one : first),
        undefined,
      );
      if (best === undefined) break;
      best.count += 1;
      best.nextUs += best.spacingUs;
    }
    const [home] = candidates;
    if (home?.most === LARGEST_BATCH) home.count = Math.min(home.most, home.count + ahead);
    return candidates
      .filter(({ count }) => count > 0)
      .map(({ shard, count, spacingUs }) => ({ shard, count, spacingUs }));
  }

  /** Learns what became of orders that were to begin at `fromUs`. */
  learn(orders: readonly Order[], filled: readonly Filled[], fromUs: number, terms: Terms): void {
    const homes = homesOf(terms);
    orders.forEach(({ shard, count, spacingUs }, index) => {
      const firstUs = filled[index]?.firstUs ?? fromUs;
      const expectedUs = Math.max(this.next.get(shard) ?? 0, fromUs);
      const busy = firstUs - expectedUs > spacingUs;
      this.next.set(shard, firstUs + count * spacingUs);
      if (busy) this.shared.add(shard);
      else this.shared.delete(shard);
      if (!isAmong(homes, shard)) this.learnForeign(shard, busy, fromUs, terms);
      else if (firstUs === fromUs) this.pauseUs = FIRST_PAUSE_US;
    });
  }

  /** A lower bound of when further slots can be, each by its place (1: the next one). */
  soonestUs(fromUs: number, terms: Terms): (place: number) => number {
    const known = this.candidates(fromUs, terms);
    const open = fromUs >= this.closedUntilUs ? this.unknown(terms) : [];
    const rows = [
      ...known.filter(({ shard }) => !open.includes(shard)),
      ...open.map((shard) => ({ nextUs: fromUs, spacingUs: this.spacingUs(shard, terms) })),
    ].sort((a, b) => a.nextUs - b.nextUs);
    // Shards give slots like taps filling a basin: the time at which the basin holds `place`.
    return (place) => {
      let rate = 0;
      let given = 0;
      let atUs = Infinity;
      for (const { nextUs, spacingUs } of rows) {
        if (nextUs >= atUs) break;
        rate += 1 / spacingUs;
        given += 1 - nextUs / spacingUs;
        atUs = Math.max(nextUs, (place - given) / rate);
      }
      return atUs;
    };
  }

  private candidates(fromUs: number, terms: Terms): Candidate[] {
    const row = (shard: number, most: number): Candidate => ({
      shard,
      most,
      count: 0,
      spacingUs: this.spacingUs(shard, terms),
      nextUs: Math.max(this.next.get(shard) ?? 0, fromUs),
    });
    const homes = homesOf(terms);
    const roomy = [...this.roomy].filter((shard) => shard < shardCount(terms.perSecond) && !isAmong(homes, shard));
    const probed = fromUs < this.closedUntilUs ? [] : this.unknown(terms).slice(0, this.probes);
    return [
      ...homes.map((home) => row(home.shard, this.shared.has(home.shard) ? sharedBatch(home, terms) : LARGEST_BATCH)),
      ...roomy.map((shard) => row(shard, LARGEST_BATCH)),
      ...probed.map((shard) => ({ ...row(shard, 1), nextUs: fromUs + HANDICAP_US })),
    ];
  }

  /** Whole shards of which we know nothing, from the one after the last probed on. */
  private unknown(terms: Terms): number[] {
    const shards = shardCount(terms.perSecond);
    const homes = homesOf(terms);
    const start = (this.lastProbed ?? homes.at(-1)?.shard ?? 0) + 1;
    return Array.from({ length: shards }, (_, index) => (start + index) % shards).filter(
      (shard) => !isAmong(homes, shard) && !this.roomy.has(shard) && shardRate(shard, terms.perSecond) === PER_NODE,
    );
  }

  private learnForeign(shard: number, busy: boolean, nowUs: number, terms: Terms): void {
    this.lastProbed = shard;
    if (busy) {
      this.roomy.delete(shard);
      this.probes = 1;
      this.closedUntilUs = nowUs + this.pauseUs;
      this.pauseUs = Math.min(LONGEST_PAUSE_US, 2 * this.pauseUs);
      return;
    }
    if (this.roomy.has(shard)) return;
    this.roomy.add(shard);
    this.probes = Math.min(shardCount(terms.perSecond), 2 * this.probes);
    this.pauseUs = FIRST_PAUSE_US;
  }
}

function homesOf({ rank, live, perSecond }: Terms): Home[] {
  return homeShards(rank, live, perSecond);
}

function isAmong(homes: readonly Home[], shard: number): boolean {
  return homes.some((home) => home.shard === shard);
}

/** Nodes that share a shard get of it in proportion to what they reserve at once. */
function sharedBatch({ weight }: Home, { live, perSecond }: Terms): number {
  const whole = Math.max(SHARED_BATCH, SHARED_BATCH_OF_PART * evenPart(live, perSecond));
  return Math.min(LARGEST_BATCH, Math.max(1, Math.round(weight * whole)));
}
