import { slotAt, type Slot } from '../gcra.ts';
import type { SlotGrant, SlotRequest } from '../store.ts';

/** A reserved slot and its lane. */
export interface LaneSlot extends Slot {
  readonly lane: number;
}

/** What a reservation was planned with. Microseconds. */
interface Terms {
  readonly view: { readonly blurUs: number };
  /**
   * Slots of lanes from `floorLanes` on may be used until this time. After it, the count of the nodes that permits
   * these lanes is too old.
   */
  readonly lastUseUs: number;
}

/** The slots of a granted request. */
export function slotsOf(
  { lane, count, spacingUs }: SlotRequest,
  grant: SlotGrant | undefined,
  { view, lastUseUs }: Terms,
  floorLanes: number,
): LaneSlot[] {
  if (grant === undefined) return [];
  const bound = lane < floorLanes ? Infinity : lastUseUs;
  return Array.from({ length: count }, (_, index) => {
    const slot = slotAt(grant.firstUs + index * spacingUs, view.blurUs);
    return { ...slot, lane, untilUs: Math.min(slot.untilUs, bound) };
  });
}
