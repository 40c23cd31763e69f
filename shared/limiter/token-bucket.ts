/**
 * The token bucket of a connection, as reserved slots.
 *
 * Why reserved slots are a token bucket of rate R and burst 1 (GCRA):
 *   1. A bucket that refills at R and holds one token has its next token ready at max(now, last taken + 1/R).
 *   2. That instant is one number, the theoretical arrival time (TAT); taking a token moves it by 1/R.
 *   3. Taking k tokens at once is moving it by k/R: the slots TAT, TAT + 1/R, ... are then ours alone.
 *   4. So one atomic "TAT = max(TAT, now); TAT += k/R" is the whole step, with no lock and nothing to give back.
 *   5. A slot that nobody used is a token that overflowed: it is gone, as in a full bucket.
 *
 * The guarantee: slots of a bucket are at least I = ceil((1 s + G) / R) apart in the store's time, and a slot is
 * released no earlier than its time and no later than G after it. Releases in any window of one second therefore
 * come from slots in a window of 1 s + G, which holds at most R:
 *
 *     releases(any 1 s) <= ceil((1 s + G) / I) <= R
 *
 * Sources: the GCRA of ATM (ITU-T I.371); https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 */

/** G: nanoseconds after which a slot is too late and thrown away. Costs G/(1 s + G) of the rate: 4.8 %. */
export const LATENESS_NS = 50_000_000n;

const SECOND_NS = 1_000_000_000n;

/** Nanoseconds between two slots at `perSecond` (a positive number; whole or not). Rounded up: never above the rate. */
export function slotInterval(perSecond: number, latenessNs: bigint = LATENESS_NS): bigint {
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) throw new RangeError('a rate is a positive number');
  // Rates are given to the thousandth at most; whole arithmetic keeps every nanosecond.
  const perThousandSeconds = BigInt(Math.floor(perSecond * 1000));
  const wanted = (SECOND_NS + latenessNs) * 1000n;
  return (wanted + perThousandSeconds - 1n) / perThousandSeconds;
}

/** The step itself, for stores that compute it here: where the slots begin and the next theoretical arrival time. */
export function reserveSlots(
  tatNs: bigint,
  notBeforeNs: bigint,
  count: number,
  intervalNs: bigint,
): { firstNs: bigint; tatNs: bigint } {
  const firstNs = tatNs > notBeforeNs ? tatNs : notBeforeNs;
  return { firstNs, tatNs: firstNs + BigInt(count) * intervalNs };
}

export type SlotState = 'early' | 'due' | 'late';

/** Whether a slot may be released at `nowNs`, a lower bound of the store's time. */
export function slotState(slotNs: bigint, nowNs: bigint, latenessNs: bigint = LATENESS_NS): SlotState {
  if (nowNs < slotNs) return 'early';
  return nowNs - slotNs > latenessNs ? 'late' : 'due';
}

/** What a connection may start in one second. */
export interface Capacity {
  /** Transactions a second. */
  readonly perSecond: number;
  readonly nodes: number;
}

/** Transactions a second of one node: the vendor's figure. */
export const PER_NODE = 6;

/** 6 for each live node between the floor and the ceiling, at least one node; or 6 in all; below Stripe's own ceilings. */
export function capacity(
  liveNodes: number,
  settings: {
    readonly minNodes: number;
    readonly maxNodes: number;
    readonly limitScope: 'node' | 'connection';
    readonly accountCeiling: number;
    readonly endpointCeiling: number;
  },
): Capacity {
  const nodes = Math.max(1, Math.min(Math.max(liveNodes, settings.minNodes), settings.maxNodes));
  const wanted = settings.limitScope === 'connection' ? PER_NODE : PER_NODE * nodes;
  return { perSecond: Math.min(wanted, settings.accountCeiling, settings.endpointCeiling), nodes };
}
