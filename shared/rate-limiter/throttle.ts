import type { Now } from './gcra.ts';

/**
 * Stripe's 429 slows the whole connection. Every shard stores the end of the reduced pace. Each started step until then
 * halves the rate, so the pace recovers by itself, a step at a time.
 */
const STEP_US = 10_000_000;

/** The slowest pace is 1/8. */
const MOST_STEPS = 3;

/** Maximum microseconds that Stripe's Retry-After holds a connection back. */
const LONGEST_HOLD_US = 30_000_000;

/** Maximum difference between the nodes' times, as a part of a step. */
const TOLERANCE = 0.01;

/** Factor of the intervals: 1, 2, 4 or 8. */
export function stretch(calmUs: number, nowUs: number): number {
  const steps = Math.ceil((calmUs - nowUs) / STEP_US - TOLERANCE);
  return 2 ** Math.max(0, Math.min(MOST_STEPS, steps));
}

/** One step slower than now: the end of the reduced pace, and the start of new requests by Stripe's Retry-After. */
export interface Brake {
  readonly calmUs: number;
  readonly notBeforeUs: number;
}

export function brake(calmUs: number, { leastUs, mostUs }: Now, retryAfterUs: number): Brake {
  const steps = Math.log2(stretch(calmUs, leastUs)) + 1;
  return {
    calmUs: leastUs + Math.min(MOST_STEPS, steps) * STEP_US,
    notBeforeUs: mostUs + Math.ceil(Math.min(LONGEST_HOLD_US, retryAfterUs)),
  };
}
