import type { FleetView } from '../lanes/fleet-view.ts';
import { spacingUs } from '../lanes/fleet-view.ts';
import { rotationAt, ROTATION_US } from '../lanes/assigned.ts';
import type { LaneRecords } from '../lanes/records.ts';
import { slotsUntil, soonestSlots, type LaneTimes } from '../lanes/soonest-slots.ts';
import type { LaneChoices } from './choices.ts';
import type { ShardProbes } from './probes.ts';
import type { LaneSearch } from './search.ts';

/** Estimates the times of future slots, from what the node knows of the lanes that a queue may choose. */
export class SlotEstimates {
  constructor(
    private readonly records: LaneRecords,
    private readonly choices: LaneChoices,
    private readonly probes: ShardProbes,
    private readonly search: LaneSearch,
  ) {}

  /**
   * Returns how many of these slots are more than `gainUs` after `fromUs` and could be replaced by slots in lanes that
   * seem free at `fromUs`. `byChance`: calls come at random. `lone`: few callers wait (`Demand`).
   */
  improvable(
    slotsUs: readonly number[],
    fromUs: number,
    gainUs: number,
    byChance: boolean,
    lone: boolean,
    view: FleetView,
  ): number {
    const late = slotsUs.filter((slotUs) => slotUs > fromUs + gainUs).length;
    return late === 0 ? 0 : Math.min(late, this.freeLanes(fromUs, byChance, lone, view));
  }

  /** Returns how many lanes seem free at `fromUs`, or may be free because nothing is known of them. */
  private freeLanes(fromUs: number, byChance: boolean, lone: boolean, view: FleetView): number {
    const { assigned } = this.choices.at(fromUs, view);
    if (this.search.applies(lone, fromUs, view)) {
      const { known, unknown } = this.search.others(view.lanes, assigned.lanes, fromUs);
      const free = [...assigned.lanes, ...known].filter((lane) => this.choices.nextUs(lane, fromUs, view) <= fromUs);
      return free.length + unknown.length;
    }
    const freeUs = (lane: number): number =>
      assigned.exclusive ? this.choices.nextUs(lane, fromUs, view) : this.records.expectedUs(lane, fromUs);
    const spare = this.choices.spare(fromUs, byChance, view);
    return [...assigned.lanes, ...spare].filter((lane) => freeUs(lane) <= fromUs).length;
  }

  /**
   * Returns a function that gives a lower bound of the time of the n-th further slot (1: the next one). `anywhere`:
   * lanes of unknown shards count as free. It is false for a reservation of a single slot, which probes no shard.
   * `searches`: a lone caller looks for lanes of other nodes.
   */
  soonestUs(fromUs: number, view: FleetView, anywhere: boolean, searches: boolean): (n: number) => number {
    const { assigned, shards } = this.choices.at(fromUs, view);
    const spacing = spacingUs(view);
    const oneLane = this.timesOf(fromUs, view);
    const known = [...assigned.lanes, ...this.choices.spare(fromUs, false, view)].map(oneLane);
    let unknownLanes = 0;
    if (searches) {
      const found = this.search.others(view.lanes, assigned.lanes, fromUs);
      known.push(...found.known.map(oneLane));
      unknownLanes = found.unknown.length;
    } else if (anywhere) {
      const unprobed = this.probes.unknown(fromUs, view.lanes, shards);
      unknownLanes = unprobed.reduce((sum, shard) => sum + view.lanes.lanesIn(shard).length, 0);
    }
    if (unknownLanes > 0) known.push({ nextUs: fromUs, spacingUs: spacing, lanes: unknownLanes });
    return soonestSlots(known);
  }

  /**
   * Returns when further slots are expected if the other nodes use their lanes: slots of the node's own lanes until their
   * borders move, then as many as the node's part of the lanes has. Lanes of other nodes count if this node holds them.
   */
  expectedUs(fromUs: number, view: FleetView): (n: number) => number {
    const { assigned, parts, touched } = this.choices.at(fromUs, view);
    const spacing = spacingUs(view);
    const oneLane = this.timesOf(fromUs, view);
    const held = touched.filter((lane) => this.records.isHeld(lane, fromUs)).map(oneLane);
    if (!assigned.exclusive) return soonestSlots(assigned.lanes.map(oneLane));
    const own = assigned.lanes.map(oneLane);
    const lanes = [...own, ...held];
    const soonestUs = soonestSlots(lanes);
    if (parts.every((part) => part === own.length)) return soonestUs;
    const moveUs = (rotationAt(fromUs) + 1) * ROTATION_US;
    const knownUs = own.reduce((last, { nextUs }) => Math.max(last, nextUs), moveUs);
    const known = slotsUntil(lanes, knownUs);
    const afterUs = slotTimesOf(
      parts.map((part) => (part + held.length) / spacing),
      rotationAt(fromUs),
      knownUs,
    );
    return (n) => (n <= Math.max(1, known) ? soonestUs(n) : afterUs(n - known));
  }

  private timesOf(fromUs: number, view: FleetView): (lane: number) => LaneTimes {
    return (lane) => ({ nextUs: this.choices.nextUs(lane, fromUs, view), spacingUs: spacingUs(view), lanes: 1 });
  }
}

/**
 * Returns a function that gives the time of the n-th slot after `fromUs`. `rates[i]`: slots a microsecond in the i-th
 * rotation from `first`. After the last one the rates repeat.
 */
function slotTimesOf(rates: readonly number[], first: number, fromUs: number): (n: number) => number {
  return (n) => {
    let atUs = fromUs;
    let left = n;
    while (rates.some((rate) => rate > 0)) {
      const rotation = rotationAt(atUs);
      const rate = rates[(rotation - first) % rates.length] ?? 0;
      const endUs = (rotation + 1) * ROTATION_US;
      if (rate * (endUs - atUs) >= left) return Math.ceil(atUs + left / rate);
      left -= rate * (endUs - atUs);
      atUs = endUs;
    }
    return Infinity;
  };
}
