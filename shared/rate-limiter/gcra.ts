/**
 * The token bucket of a connection, as reserved slots.
 *
 * Why reserved slots are a token bucket of rate R and burst 1 (GCRA):
 *   1. A bucket that refills at R and holds one token has its next token ready at max(now, last taken + 1/R).
 *   2. That instant is one number, the theoretical arrival time (TAT); taking a token moves it by 1/R.
 *   3. Taking k tokens at once is moving it by k/R: the slots TAT, TAT + 1/R, ... are then ours alone.
 *   4. So one atomic "TAT = max(TAT, now); TAT += k/R" is the whole step, with no lock and nothing to give back.
 *   5. A slot that nobody used is a token that overflowed: it is gone, as in a full bucket.
 * A connection of n nodes is n such buckets side by side, its shards, each of rate 6 (`capacity`).
 *
 * The guarantee: slots of a shard of rate R are at least I = ceil((1 s + G) / R) apart in the store's time, and a
 * slot is released no earlier than its time and no later than G after it. Releases of a shard in any window of one
 * second therefore come from slots in a window of 1 s + G, and over the shards:
 *
 *     releases(any 1 s) <= sum over shards of ceil((1 s + G) / I) <= sum over shards of R = capacity
 *
 * It holds with any mix of instances, crashes, freezes, lost answers and wall clocks, as long as each machine's
 * monotonic clock runs true to 200 ppm and goes on while a process is stopped (`store-time`).
 *
 * All times are whole microseconds of the store's time, exact in a double until the year 2255.
 * Sources: the GCRA of ATM (ITU-T I.371); https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 */

/** G: microseconds after which a slot is too late and thrown away. Costs G/(1 s + G) of the rate: 4.8 %. */
export const LATENESS_US = 50_000;

const SECOND_US = 1_000_000;

/** Microseconds that a timer needs at least between the first and the last moment that a slot may be released. */
const ELBOW_ROOM_US = 12_000;

/** Microseconds between two slots at `perSecond` (a positive number; whole or not). Rounded up: never above the rate. */
export function slotInterval(perSecond: number): number {
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) throw new RangeError('a rate is a positive number');
  return Math.ceil((SECOND_US + LATENESS_US) / perSecond);
}

/** The step itself, for stores that compute it here: where the slots begin and the next theoretical arrival time. */
export function reserveSlots(
  tatUs: number,
  notBeforeUs: number,
  takenUs: number,
): { readonly firstUs: number; readonly tatUs: number } {
  const firstUs = Math.max(tatUs, notBeforeUs);
  return { firstUs, tatUs: firstUs + takenUs };
}

/**
 * Microseconds by which a slot is spaced further from the next, because its owner knows the store's time only to
 * within `uncertainUs`: none while that is well below G. With b of them the slot may be released until b + G after its
 * time: wherever in truth that is, it is within G of some moment of the owner's own b, and those of any two slots are
 * an interval apart. So a slow way to the store costs rate, never the guarantee.
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

/** The store's now, as far as an instance knows it: at least one, at most the other. */
export interface Now {
  readonly leastUs: number;
  readonly mostUs: number;
}

/** Whether a slot's moment has become too uncertain to be met, because nothing was heard of the store for long. */
export function isBlurred({ fromUs, untilUs }: Slot, { leastUs, mostUs }: Now): boolean {
  return mostUs - leastUs + ELBOW_ROOM_US > untilUs - fromUs;
}

export type SlotState = 'early' | 'due' | 'late';

/** Whether a slot may be released: only when its time has surely come and surely not passed. */
export function slotState({ fromUs, untilUs }: Slot, { leastUs, mostUs }: Now): SlotState {
  if (mostUs > untilUs) return 'late';
  return leastUs < fromUs ? 'early' : 'due';
}
