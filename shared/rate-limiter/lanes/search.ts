import { shardOf } from '../capacity.ts';
import type { SlotRequest } from '../store.ts';
import type { LaneSet } from './lane-set.ts';
import type { LaneRecords } from './records.ts';
import { isReserved } from './reserve.ts';

/** Microseconds for which a lane that an answer reported is known. */
const KNOWN_US = 250_000;

/** With a smaller part of all lanes free, a search finds none. */
const TOO_FEW_FREE = 0.1;

/** With a smaller part of all lanes free, a slot of an unknown lane is likely late: the lanes are looked at first. */
const MOSTLY_FREE = 0.6;

/** Shards that a reservation looks at in addition to those that it takes slots of. */
const LOOKS = { withSlots: 1, withoutSlots: 5 };

/** Microseconds between two looks of a node whose callers queue: it learns that other nodes became idle. */
const LOOK_EVERY_US = 5_000_000;

/** Microseconds after which the reserve that callers of a lower class left is no longer likely to be free. */
const RESERVE_KEPT_US = 3_000_000;

/** What a node knows of an endpoint's lanes at other nodes. */
export interface OtherLanes {
  /** Those that an answer reported a moment ago, in use or not. */
  readonly known: readonly number[];
  /** Those that may be free, in the order in which to try them. */
  readonly unknown: readonly number[];
}

/**
 * How a lone caller of an endpoint finds a free lane of another node. An endpoint has few lanes of each node, so those of
 * the node itself are often in use while others are free.
 */
export class LaneSearch {
  private lastShard: number | undefined;
  private lookedUs = -Infinity;

  constructor(private readonly records: LaneRecords) {}

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

  /** True if a free lane is likely to be found. */
  isPromising(nowUs: number): boolean {
    return this.records.freePart >= TOO_FEW_FREE || this.isReserveKept(nowUs);
  }

  /** True if callers of a lower class left the reserve a moment ago. */
  private isReserveKept(nowUs: number): boolean {
    return nowUs < this.records.reserveKeptUs + RESERVE_KEPT_US;
  }

  /** True if a slot of an unknown lane is likely to be soon. */
  get mayGuess(): boolean {
    return this.records.freePart >= MOSTLY_FREE;
  }

  /** True if it is time to look whether lanes of other nodes became free. */
  lookDue(nowUs: number): boolean {
    return nowUs >= this.lookedUs + LOOK_EVERY_US;
  }

  /** Requests for no slots, which report the lanes of further shards. */
  looks(unknown: readonly number[], slots: readonly SlotRequest[], spacingUs: number): SlotRequest[] {
    const touched = new Set(slots.map(({ lane }) => shardOf(lane)));
    const first = new Map<number, number>();
    for (const lane of unknown)
      if (!touched.has(shardOf(lane)) && !first.has(shardOf(lane))) first.set(shardOf(lane), lane);
    const count = slots.length > 0 ? LOOKS.withSlots : LOOKS.withoutSlots;
    return [...first.values()].slice(0, count).map((lane) => ({ lane, count: 0, spacingUs }));
  }

  /** The answer to requests that were to begin at `fromUs` reported these lanes of the endpoint at other nodes. */
  learn(lanes: readonly number[], fromUs: number): void {
    const last = lanes.at(-1);
    if (last === undefined) return;
    this.lastShard = shardOf(last);
    this.lookedUs = fromUs;
  }
}
