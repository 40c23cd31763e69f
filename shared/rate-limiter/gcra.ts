import { SECOND_US } from '../ports/time-units.ts';

/**
 * The token bucket of a connection, as reserved slots.
 *
 * A capacity of C a second is C lanes. A lane is a bucket of one token that refills in a second: one number in the
 * store, the time of its next free slot (GCRA's theoretical arrival time). One atomic "next = max(next, now); next +=
 * k I" takes k slots, I apart, that belong to the caller alone: no lock, nothing to return. Lanes of an idle connection
 * are free at once, so C calls leave together.
 *
 * I = 1 s + G + b. G is the lateness after which a slot is dropped. b >= 0 is added by a node that does not know the
 * store's time well enough (`blurUs`). README.md explains why no window of one second then has more than C releases.
 */

/** G: microseconds after which a slot is too late and is dropped. It costs G/(1 s + G) of the rate: 4.8 %. */
export const LATENESS_US = 50_000;

/** Microseconds from one slot of a lane to the next if the store's time is known well. */
export const ROUND_US = SECOND_US + LATENESS_US;

/** Minimum microseconds that a timer needs between the first and the last moment of a release. */
const ELBOW_ROOM_US = 12_000;

/** Returns the microseconds between two slots at a positive rate. They are rounded up, so that the rate is not exceeded. */
export function slotInterval(perSecond: number): number {
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) throw new RangeError('a rate is a positive number');
  return Math.ceil((SECOND_US + LATENESS_US) / perSecond);
}

/** Reserves slots of a lane, for stores without a server. Returns the first slot and the lane's next free slot. */
export function reserveSlots(
  tatUs: number,
  notBeforeUs: number,
  takenUs: number,
): { readonly firstUs: number; readonly tatUs: number } {
  const firstUs = Math.max(tatUs, notBeforeUs);
  return { firstUs, tatUs: firstUs + takenUs };
}

/**
 * Returns b, the additional microseconds between two slots, because their owner knows the store's time only to within
 * `uncertainUs`. It is 0 while `uncertainUs` is well below G. A slot may be released until G + b after its time, and the
 * next slot of the lane is 1 s + G + b after it. So a slow path to the store costs rate, never the guarantee.
 */
export function blurUs(uncertainUs: number): number {
  return Math.max(0, Math.ceil(uncertainUs + ELBOW_ROOM_US - LATENESS_US));
}

/** One release: not before `fromUs`, not after `untilUs`. */
export interface Slot {
  readonly fromUs: number;
  readonly untilUs: number;
}

export function slotAt(fromUs: number, blur: number): Slot {
  return { fromUs, untilUs: fromUs + blur + LATENESS_US };
}

/** The store's time as an instance knows it: a lower and an upper bound. */
export interface Now {
  readonly leastUs: number;
  readonly mostUs: number;
}

/** True if the time of a slot is too uncertain to be met, because the last response of the store is too old. */
export function isBlurred({ fromUs, untilUs }: Slot, { leastUs, mostUs }: Now): boolean {
  return mostUs - leastUs + ELBOW_ROOM_US > untilUs - fromUs;
}

export type SlotState = 'early' | 'due' | 'late';

/** Returns the state of a slot. If it is `due`, its time has certainly come and has not passed, so its caller may start. */
export function slotState({ fromUs, untilUs }: Slot, { leastUs, mostUs }: Now): SlotState {
  if (mostUs > untilUs) return 'late';
  return leastUs < fromUs ? 'early' : 'due';
}

/** Minimum milliseconds until a slot may be released. */
export function slotWaitMs(slot: Slot | undefined, { leastUs }: Now): number {
  return slot === undefined ? 0 : Math.max(0, slot.fromUs - leastUs) / 1000;
}
