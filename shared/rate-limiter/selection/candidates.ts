import { shardOf } from '../capacity.ts';
import { spacingUs, type FleetView } from '../lanes/fleet-view.ts';
import type { SlotRequest } from '../store.ts';

/** Maximum number of slots that one reservation without a lease takes of a shard, so that a crash loses no more slots. */
export const MAX_BATCH = 6;

/**
 * A slot in a lane of another node is chosen only if it is sooner than the slots in the node's own lanes by this much.
 * Microseconds.
 */
export const SPARE_HANDICAP_US = 20_000;

/** A lane that a reservation may take slots of. Times are microseconds. */
export interface Candidate {
  readonly lane: number;
  readonly shard: number;
  readonly spacingUs: number;
  /** The earliest time of the lane's next slot, as far as this node knows. */
  readonly nextUs: number;
  /** By how much the lane's slot must be sooner than slots of other lanes to be taken. */
  readonly handicapUs: number;
  /** Minimum delay of the lane's first slot after the start of the reservation. */
  readonly delayUs?: number;
}

export function candidate(lane: number, nextUs: number, view: FleetView, handicapUs = 0): Candidate {
  return { lane, shard: shardOf(lane), spacingUs: spacingUs(view), nextUs, handicapUs };
}

/** Counts the slots that a reservation takes of each lane, within a limit for each shard. */
export class SlotCounts {
  private readonly counts = new Map<Candidate, number>();
  private readonly left = new Map<number, number>();

  /** `limits`: the maximum of some shards. It is `MAX_BATCH` for every other shard. `perLane`: the maximum of each lane. */
  constructor(
    private readonly limits: ReadonlyMap<number, number> = new Map(),
    private readonly perLane = MAX_BATCH,
  ) {}

  /** Takes up to `slots` further slots, each from the lane whose next slot is the earliest, none later than `latestUs`. */
  take(candidates: readonly Candidate[], slots: number, latestUs = Infinity): void {
    for (let slot = 0; slot < slots; slot += 1) {
      const soonest = this.soonest(candidates);
      if (soonest === undefined || this.atUs(soonest) > latestUs) return;
      this.counts.set(soonest, (this.counts.get(soonest) ?? 0) + 1);
      this.left.set(soonest.shard, this.leftOf(soonest.shard) - 1);
    }
  }

  /** Takes slots of a lane until the reservation has `slots` of it. The limits of shards do not apply. */
  lease(candidate: Candidate, slots: number): void {
    const count = Math.max(slots, this.counts.get(candidate) ?? 0);
    if (count > 0) this.counts.set(candidate, count);
  }

  has(candidate: Candidate): boolean {
    return this.counts.has(candidate);
  }

  /** The requests for these slots. */
  requests(): SlotRequest[] {
    return [...this.counts].map(([{ lane, spacingUs: apartUs, delayUs = 0 }, count]) => ({
      lane,
      count,
      spacingUs: apartUs,
      delayUs,
    }));
  }

  /**
   * Returns, of the lanes from which this reservation may take more, the one with the soonest slot. Undefined if a lane
   * outside them has a sooner slot: the next reservation can take that. For this comparison, lanes of shards in `limits`
   * are ignored.
   */
  private soonest(candidates: readonly Candidate[]): Candidate | undefined {
    let soonest: Candidate | undefined;
    let exhaustedUs = Infinity;
    for (const candidate of candidates) {
      if (this.leftOf(candidate.shard) > 0 && (this.counts.get(candidate) ?? 0) < this.perLane) {
        if (soonest === undefined || this.atUs(candidate) < this.atUs(soonest)) soonest = candidate;
      } else if (!this.limits.has(candidate.shard)) exhaustedUs = Math.min(exhaustedUs, this.atUs(candidate));
    }
    return soonest === undefined || exhaustedUs < this.atUs(soonest) ? undefined : soonest;
  }

  /** Returns the time of a lane's next slot after the slots that were taken of it, plus its handicap. */
  private atUs(candidate: Candidate): number {
    return candidate.nextUs + candidate.handicapUs + (this.counts.get(candidate) ?? 0) * candidate.spacingUs;
  }

  /** Returns how many further slots may be taken of a shard. */
  private leftOf(shard: number): number {
    return this.left.get(shard) ?? this.limits.get(shard) ?? MAX_BATCH;
  }
}
