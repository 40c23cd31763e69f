import { SECOND_US } from '../ports/time-units.ts';

/**
 * The token bucket of a connection, as reserved slots.
 *
 * A capacity of C a second is C lanes. A lane is a bucket of one token that refills in a second: one number in the
 * store, the time of its next free slot (GCRA's theoretical arrival time). One atomic update, `next = max(next, now);
 * next += k I`, reserves k slots, I apart, for one node alone. It needs no lock, and unused slots are not returned.
 * All lanes of an idle connection are free, so C calls can start together.
 *
 * I = 1 s + G + b. G is the lateness after which a slot is dropped. b >= 0 is added by a node that does not know the
 * store's time well enough (`blurUs`). README.md explains why these intervals permit at most C releases in any window
 * of one second.
 */

/** G: microseconds after which a slot is too late and is dropped. It costs G/(1 s + G) of the rate: 4.8 %. */
export const LATENESS_US = 50_000;

/** Microseconds from one slot of a lane to the next if the store's time is known well. */
export const ROUND_US = SECOND_US + LATENESS_US;

/**
 * Minimum microseconds in which a slot can certainly be released. A timer that fires a little late then still meets the
 * slot.
 */
const MIN_RELEASE_WINDOW_US = 12_000;

/** Returns the microseconds between two slots at a positive rate. They are rounded up, so that the rate is not exceeded. */
export function slotInterval(perSecond: number): number {
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) throw new RangeError('a rate is a positive number');
  return Math.ceil((SECOND_US + LATENESS_US) / perSecond);
}

/**
 * Computes a reservation in one lane, for the store in memory. The parameter `tatUs` is the lane's next free slot before
 * the reservation, the `tatUs` of the result is that after it. `takenUs`: the microseconds that the reserved slots take up.
 */
export function reserveSlots(
  tatUs: number,
  notBeforeUs: number,
  takenUs: number,
): { readonly firstUs: number; readonly tatUs: number } {
  const firstUs = Math.max(tatUs, notBeforeUs);
  return { firstUs, tatUs: firstUs + takenUs };
}

/**
 * Returns b, the microseconds to add between two slots of a lane if their owner knows the store's time only to within
 * `uncertainUs`. It is 0 while `uncertainUs` is well below G. A slot may be released until G + b after its time, and
 * the next slot of the lane is 1 s + G + b after it. So a slow path to the store reduces the rate, but never breaks the
 * guarantee.
 */
export function blurUs(uncertainUs: number): number {
  return Math.max(0, Math.ceil(uncertainUs + MIN_RELEASE_WINDOW_US - LATENESS_US));
}

/** The time in which one call may start: not before `fromUs` and not after `untilUs`. */
export interface Slot {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** Returns the slot that begins at a time. `blur`: what `blurUs` returns for the owner of the slot. */
export function slotAt(fromUs: number, blur: number): Slot {
  return { fromUs, untilUs: fromUs + blur + LATENESS_US };
}

/** The store's time as an instance knows it: an interval that contains it, as `TT.now()` of TrueTime returns. */
export interface Now {
  readonly earliestUs: number;
  readonly latestUs: number;
}

/**
 * True if the store's time is too uncertain to make sure that a slot is released in time. A faster response of the store
 * makes the time more exact.
 */
export function isBlurred({ fromUs, untilUs }: Slot, { earliestUs, latestUs }: Now): boolean {
  return latestUs - earliestUs + MIN_RELEASE_WINDOW_US > untilUs - fromUs;
}

export type SlotState = 'early' | 'due' | 'late';

/**
 * Returns the state of a slot. `due`: the slot's time has certainly begun and has certainly not ended, so its caller
 * may start.
 */
export function slotState({ fromUs, untilUs }: Slot, { earliestUs, latestUs }: Now): SlotState {
  if (latestUs > untilUs) return 'late';
  return earliestUs < fromUs ? 'early' : 'due';
}

/** Returns the milliseconds until a slot may be released, or 0 without a slot. */
export function slotWaitMs(slot: Slot | undefined, { earliestUs }: Now): number {
  return slot === undefined ? 0 : Math.max(0, slot.fromUs - earliestUs) / 1000;
}
