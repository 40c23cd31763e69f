import { slotAt, slotState, type Now, type Slot } from '../gcra.ts';
import type { SlotGrant, SlotRequest } from '../store.ts';

/**
 * Successive slots of one lane that a queue has, without slots of others between them. All times are microseconds of the
 * store.
 */
interface LaneLease {
  /** The earliest time of the lease's next slot: first its first granted time, later `spacingUs` after the last used slot. */
  freeUs: number;
  /** `spacingUs` after the last granted time. Slots of other owners may begin then. */
  endUs: number;
  /** Number of slots that were neither used nor dropped. */
  open: number;
}

/** A reserved slot and its lane. */
export interface LaneSlot extends Slot {
  readonly lane: number;
  /** Microseconds to the next slot of the lane. */
  readonly spacingUs: number;
  readonly blurUs: number;
  /** The time that the store granted. The slot begins then, or before, if earlier slots of the lease were not used. */
  readonly grantedUs: number;
  /**
   * The slot ends at this time at the latest: the count of the nodes that permits its lane is then too old, or its lease
   * ends.
   */
  readonly lastUseUs: number;
  readonly lease: LaneLease;
}

/** What a reservation was planned with. Microseconds. */
interface Terms {
  readonly view: { readonly blurUs: number };
  /**
   * Slots of lanes from `floorLanes` on may be used until this time. After it, the count of the nodes that permits
   * these lanes is too old.
   */
  readonly lastUseUs: number;
  /** No slot may be used after this time. */
  readonly leaseEndUs: number;
}

/** The leases of one queue. */
export class LaneLeases {
  private readonly leases = new Map<number, LaneLease>();

  /** The slots of a granted request. If they follow the queue's last slot of the lane directly, they extend its lease. */
  slotsOf(
    { lane, count, spacingUs }: SlotRequest,
    grant: SlotGrant | undefined,
    { view, lastUseUs, leaseEndUs }: Terms,
    floorLanes: number,
  ): LaneSlot[] {
    if (grant === undefined || count === 0) return [];
    const { firstUs } = grant;
    const current = this.leases.get(lane);
    const lease = current?.endUs === firstUs ? current : { freeUs: firstUs, endUs: firstUs, open: 0 };
    lease.endUs = firstUs + count * spacingUs;
    lease.open += count;
    this.leases.set(lane, lease);
    const terms = {
      lane,
      spacingUs,
      blurUs: view.blurUs,
      lease,
      lastUseUs: lane < floorLanes ? leaseEndUs : Math.min(lastUseUs, leaseEndUs),
    };
    return Array.from({ length: count }, (_, index) => {
      const grantedUs = firstUs + index * spacingUs;
      return slotFrom({ ...terms, grantedUs }, grantedUs);
    });
  }

  /**
   * When the queue could use further slots of a lane, if it reserved them at `fromUs`. `nextUs`: the lane's next free slot.
   */
  nextUs(lane: number, nextUs: number, fromUs: number, spacingUs: number): number {
    const lease = this.leases.get(lane);
    if (lease === undefined || lease.endUs < Math.max(nextUs, fromUs)) return Math.max(nextUs, fromUs);
    return Math.min(lease.endUs, Math.max(lease.freeUs, fromUs) + lease.open * spacingUs);
  }

  /** Number of slots of a lane that the queue has. */
  openSlots(lane: number): number {
    return this.leases.get(lane)?.open ?? 0;
  }

  /** When slots of other owners may begin in a lane: the end of the queue's last lease of it. */
  endUs(lane: number): number {
    return this.leases.get(lane)?.endUs ?? -Infinity;
  }

  /** Forgets all leases, because their slots were dropped. */
  clear(): void {
    this.leases.clear();
  }
}

/** Returns the slot if it begins at `fromUs`. */
function slotFrom(slot: Omit<LaneSlot, keyof Slot>, fromUs: number): LaneSlot {
  const { untilUs } = slotAt(fromUs, slot.blurUs);
  return { ...slot, fromUs, untilUs: Math.min(untilUs, slot.lastUseUs) };
}

/**
 * Moves slots to earlier times: each to the first time from now on that its lease allows, and never to a later time than
 * the store granted. A slot that is late even then is dropped. The distance between two used slots of a lease stays. `slots` and the result are
 * in order of time. `notBeforeUs`: no slot may begin before this time. Slots that were granted an earlier time are
 * dropped.
 */
export function moveForward(slots: readonly LaneSlot[], now: Now, notBeforeUs = -Infinity): LaneSlot[] {
  const nextUs = new Map<LaneLease, number>();
  return sortSlots(
    slots.flatMap((slot) => {
      const { lease, grantedUs } = slot;
      const soonestUs = Math.min(grantedUs, nextUs.get(lease) ?? Math.max(lease.freeUs, now.earliestUs, notBeforeUs));
      const soonest = soonestUs === slot.fromUs ? slot : slotFrom(slot, soonestUs);
      // If the store's time is too uncertain to use the slot at once, the slot keeps the granted time.
      const moved = slotState(soonest, now) === 'late' ? slotFrom(slot, grantedUs) : soonest;
      if (slotState(moved, now) === 'late' || moved.fromUs < notBeforeUs) {
        markDropped(slot);
        return [];
      }
      nextUs.set(lease, moved.fromUs + slot.spacingUs);
      return [moved];
    }),
  );
}

/** Records that a slot was used. */
export function markUsed({ lease, fromUs, spacingUs }: LaneSlot): void {
  lease.freeUs = fromUs + spacingUs;
  lease.open -= 1;
}

/** Records that a slot was dropped without use. */
export function markDropped({ lease }: LaneSlot): void {
  lease.open -= 1;
}

/**
 * Takes a slot out, for another queue. The slot keeps its present time, and so do the earlier slots of its lease: a later
 * time would be too near to the slot that was taken.
 */
export function takeOut(slots: readonly LaneSlot[], slot: LaneSlot): { rest: LaneSlot[]; taken: LaneSlot } {
  const { lease, fromUs, spacingUs } = slot;
  const rest = slots.filter((one) => one !== slot);
  const earlier = rest.filter((one) => one.lease === lease && one.fromUs < fromUs);
  const own = { freeUs: lease.freeUs, endUs: fromUs, open: earlier.length };
  lease.freeUs = fromUs + spacingUs;
  lease.open -= 1 + earlier.length;
  return {
    rest: rest.map((one) => (earlier.includes(one) ? { ...one, grantedUs: one.fromUs, lease: own } : one)),
    taken: { ...slot, grantedUs: fromUs, lease: { freeUs: fromUs, endUs: fromUs, open: 1 } },
  };
}

export function sortSlots(slots: readonly LaneSlot[]): LaneSlot[] {
  return slots.toSorted((a, b) => a.fromUs - b.fromUs);
}
