/** Callers in so many rounds of the node's lanes, as a part of their slots, from which on further callers are expected. */
const STEADY = 0.85;
/** The same, up to which calls are rare. */
const RARE = 0.2;
const ROUNDS = 6;
/** Milliseconds from one slot of a lane to the next. */
const ROUND_MS = 1050;
/** For how many callers who are not there yet slots are taken; and how many arrivals are remembered. */
const MAX_EXPECTED = 6;
const MAX_ARRIVALS = 64;
/** Callers in line up to which they come by chance. */
const MAX_LONE = 2;

/** When the last callers came, and how many are to come. Times are monotonic milliseconds. */
export class Arrivals {
  private atMs: readonly number[] = [];

  add(nowMs: number): void {
    this.atMs = [...this.atMs.slice(1 - MAX_ARRIVALS), nowMs];
  }

  /**
   * Callers for whom slots are of use though they are not there yet: where the node's lanes are all in use round after
   * round, the next round brings as many as the last. Undefined where callers come by chance.
   */
  expected(nowMs: number, lanes: number, waiting: number, slotsInHand: number): number | undefined {
    const steady = this.since(nowMs - ROUNDS * ROUND_MS) >= Math.min(MAX_ARRIVALS, STEADY * ROUNDS * lanes);
    if (!steady) return waiting > MAX_LONE ? 0 : undefined;
    return Math.max(0, Math.min(MAX_EXPECTED, this.since(nowMs - ROUND_MS)) - Math.max(waiting, slotsInHand));
  }

  /** Whether so few callers came that the node's lanes are idle most of the time. */
  areRare(nowMs: number, lanes: number): boolean {
    return this.since(nowMs - ROUNDS * ROUND_MS) <= RARE * ROUNDS * lanes;
  }

  private since(fromMs: number): number {
    return this.atMs.reduce((count, atMs) => (atMs > fromMs ? count + 1 : count), 0);
  }
}
