import type { Now } from './gcra.ts';

/**
 * Length of one step of the reduced pace, in microseconds. A 429 of Stripe slows the whole connection: every shard
 * stores the time at which the reduced pace ends, and each step that remains until that time halves the rate. So the
 * rate doubles after each step, without a further write.
 */
const STEP_US = 10_000_000;

/** Maximum number of steps. The slowest pace is 1/8. */
const MOST_STEPS = 3;

/** A longer Retry-After of Stripe is cut to this time. Microseconds. */
const LONGEST_HOLD_US = 30_000_000;

/** Maximum difference between the nodes' times, as a part of a step. */
const TOLERANCE = 0.01;

/** Returns the factor of the intervals between slots: 1, 2, 4 or 8. */
export function stretch(throttledUntilUs: number, nowUs: number): number {
  const steps = Math.ceil((throttledUntilUs - nowUs) / STEP_US - TOLERANCE);
  return 2 ** Math.max(0, Math.min(MOST_STEPS, steps));
}

/**
 * A slowdown by one step: the end of the reduced pace, and the earliest start of new requests that Stripe's Retry-After
 * allows.
 */
export interface Brake {
  readonly throttledUntilUs: number;
  readonly notBeforeUs: number;
}

/**
 * Returns the slowdown that reduces the connection's present pace by one more step, to 1/8 at the lowest.
 * `throttledUntilUs`: when the present reduced pace ends.
 */
export function brake(throttledUntilUs: number, { earliestUs, latestUs }: Now, retryAfterUs: number): Brake {
  const steps = Math.log2(stretch(throttledUntilUs, earliestUs)) + 1;
  return {
    throttledUntilUs: earliestUs + Math.min(MOST_STEPS, steps) * STEP_US,
    notBeforeUs: latestUs + Math.ceil(Math.min(LONGEST_HOLD_US, retryAfterUs)),
  };
}
