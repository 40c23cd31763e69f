import type { Now } from './gcra.ts';

/**
 * Stripe's own 429 slows the whole connection. One number in every shard tells until when: each begun step that is
 * left until then halves the rate, so the pace recovers by itself, a step at a time.
 */
const STEP_US = 10_000_000;

/** The slowest pace is 1/8. */
const MOST_STEPS = 3;

/** Microseconds that a Retry-After of Stripe may hold a connection back at most. */
const LONGEST_HOLD_US = 30_000_000;

/** Part of a step that nodes may differ by in what they take for now. */
const TOLERANCE = 0.01;

/** How many times longer intervals are now: 1, 2, 4 or 8. */
export function stretch(calmUs: number, nowUs: number): number {
  const steps = Math.ceil((calmUs - nowUs) / STEP_US - TOLERANCE);
  return 2 ** Math.max(0, Math.min(MOST_STEPS, steps));
}

/** One step slower than now: until when, and before when nothing new starts because Stripe said so. */
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
