/** Callers are compared with the slots of this many rounds. In a round, each lane of the node has one slot. */
export const ROUNDS = 6;
/** Minimum ratio of callers to slots at which further callers are expected. */
const STEADY = 0.85;
/** If there are fewer lanes than this, callers are compared over more rounds. */
const MANY_LANES = 4;
/** Milliseconds from one slot of a lane to the next. */
const ROUND_MS = 1050;
/** A round is expected to bring at most this many callers. */
const MAX_EXPECTED = 6;
/** Maximum number of arrivals that are remembered. */
const MAX_ARRIVALS = 1024;
/**
 * Up to this number of waiting callers, arrivals that are not steady count as random, and the queue looks for lanes of
 * other nodes. With more callers, the node's own lanes come due soon enough, and looking would cost more than it gains.
 */
export const MAX_LONE_CALLERS = 2;

/** The times of the last arrivals and an estimate of the next ones. Milliseconds of the monotonic clock. */
export class Arrivals {
  private atMs: readonly number[] = [];

  add(nowMs: number): void {
    this.atMs = [...this.atMs.slice(1 - MAX_ARRIVALS), nowMs];
  }

  /**
   * Returns the number of further callers to expect. Arrivals are steady if callers use nearly all slots of the node's
   * lanes (`STEADY`). The next round is then expected to bring as many callers as the last one, less the `waiting` callers
   * or the `slotsInHand`, whichever are more. If arrivals are not steady: 0 if more than `MAX_LONE_CALLERS` wait, else
   * undefined.
   */
  expected(nowMs: number, lanes: number, waiting: number, slotsInHand: number): number | undefined {
    // With few lanes a short time has too few arrivals to tell a steady stream from chance.
    const rounds = ROUNDS * Math.max(1, MANY_LANES / Math.max(1, lanes));
    const steady = this.since(nowMs - rounds * ROUND_MS) >= Math.min(MAX_ARRIVALS, STEADY * rounds * lanes);
    if (!steady) return waiting > MAX_LONE_CALLERS ? 0 : undefined;
    return Math.max(0, Math.min(MAX_EXPECTED, this.since(nowMs - ROUND_MS)) - Math.max(waiting, slotsInHand));
  }

  /** The mean number of callers in a round. */
  perRound(nowMs: number): number {
    return this.since(nowMs - ROUNDS * ROUND_MS) / ROUNDS;
  }

  /** Returns the number of arrivals after a time. */
  private since(fromMs: number): number {
    return this.atMs.reduce((count, atMs) => (atMs > fromMs ? count + 1 : count), 0);
  }
}
