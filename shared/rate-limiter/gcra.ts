import { SECOND_US } from '../ports/time-units.ts';

/**
 * The token bucket of a connection, as reserved slots.
 *
 * A capacity of C a second is C lanes. A lane is a bucket of one token that refills in a second: one number in the
 * store, the time of its next free slot (GCRA's theoretical arrival time). One atomic "next = max(next, now); next +=
 * k I" takes k slots, I apart, that belong to the caller alone: no lock, nothing to return. Lanes of an idle connection
 * are free at once, so C calls leave together.
 *
 * I = 1 s + G + b: G is the lateness after which a slot is thrown away; b >= 0 is what the owner of a slot adds where it
 * knows the store's time less well (`blurUs`). Why no window of one second then holds more than C releases: README.md.
 */

/** G: microseconds after which a slot is too late and thrown away. Costs G/(1 s + G) of the rate: 4.8 %. */
export const LATENESS_US = 50_000;

/** Microseconds from one slot of a lane to the next if the store's time is known well. */
export const ROUND_US = SECOND_US + LATENESS_US;

/** Minimum microseconds that a timer needs between the first and the last moment of a release. */
const ELBOW_ROOM_US = 12_000;

/** Microseconds between two slots at `perSecond` (a positive number). Rounded up: never above the rate. */
export function slotInterval(perSecond: number): number {
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) throw new RangeError('a rate is a positive number');
  return Math.ceil((SECOND_US + LATENESS_US) / perSecond);
}

/** The step itself, for stores that compute it locally: the start of the slots and the next theoretical arrival time. */
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

/** The caller of a due slot may start: the time of the slot has certainly come and has certainly not passed. */
export function slotState({ fromUs, untilUs }: Slot, { leastUs, mostUs }: Now): SlotState {
  if (mostUs > untilUs) return 'late';
  return leastUs < fromUs ? 'early' : 'due';
}

/** Minimum milliseconds until a slot may be released. */
export function slotWaitMs(slot: Slot | undefined, { leastUs }: Now): number {
  return slot === undefined ? 0 : Math.max(0, slot.fromUs - leastUs) / 1000;
}
