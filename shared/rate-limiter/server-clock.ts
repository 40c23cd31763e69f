import type { Now } from './gcra.ts';

/** Maximum drift of a monotonic clock from the store's: 200 ppm, as in TrueTime (Spanner, OSDI 2012, section 3). */
const DRIFT = 200e-6;

/** Resolution of the store's time in microseconds. */
const QUANTUM_US = 1_000;

/** Number of responses whose latencies predict the latency of the next one. */
const REMEMBERED = 5;

/** Maximum of `leadUs`, the estimated latency, if only one earlier latency is known. Microseconds. */
const MAX_FIRST_LEAD_US = 25_000;

/** A bound of (store's time - monotonic time) that a response proved at `atUs`. */
interface Bound {
  readonly offsetUs: number;
  readonly atUs: number;
}

/**
 * Estimates the store's time as the monotonic time plus an offset. The offset has a lower and an upper bound. Answers
 * of the store tighten the bounds, and possible drift of the clock widens them. The wall clock is never read.
 *
 * A commit that is sent at s, committed at the store's time t and answered at r proves t - r <= offset <= t - s. A read
 * proves only t - r <= offset, because Firestore may read at a time before the request.
 */
export class StoreTime {
  private lowerBound: Bound | undefined;
  private upperBound: Bound | undefined;
  private latencies: number[] = [];

  /**
   * Tightens both bounds with the answer to a commit. `sentUs` and `receivedUs` are monotonic times, `storeUs` is the
   * store's commit time.
   */
  learn(sentUs: number, receivedUs: number, storeUs: number): void {
    const upper = { offsetUs: storeUs - sentUs + QUANTUM_US, atUs: receivedUs };
    this.learnLowerBound(receivedUs, storeUs);
    if (this.upperBound === undefined || upper.offsetUs < highestOffsetAt(this.upperBound, receivedUs))
      this.upperBound = upper;
    // The bounds contradict each other, because a clock drifted by more than `DRIFT`. The newest answer is right.
    if (
      this.lowerBound === undefined ||
      lowestOffsetAt(this.lowerBound, receivedUs) > highestOffsetAt(this.upperBound, receivedUs)
    )
      this.lowerBound = { offsetUs: storeUs - receivedUs, atUs: receivedUs };
    this.latencies = [...this.latencies.slice(1 - REMEMBERED), receivedUs - sentUs];
  }

  /**
   * Tightens the lower bound with an answer. `storeUs` is the time of the commit or of the read, which is not after the
   * answer.
   * https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1#batchgetdocumentsresponse
   */
  private learnLowerBound(receivedUs: number, storeUs: number): void {
    const offsetUs = storeUs - receivedUs;
    if (this.lowerBound === undefined || offsetUs > lowestOffsetAt(this.lowerBound, receivedUs))
      this.lowerBound = { offsetUs, atUs: receivedUs };
    // The bounds contradict each other, because a clock drifted by more than `DRIFT`. The answer to a commit sets the
    // upper bound again.
    if (
      this.upperBound !== undefined &&
      lowestOffsetAt(this.lowerBound, receivedUs) > highestOffsetAt(this.upperBound, receivedUs)
    )
      this.upperBound = undefined;
  }

  /** Learns from the answer to a read. Until the first commit, the latency of the read predicts that of the commit. */
  learnRead(sentUs: number, receivedUs: number, storeUs: number): void {
    this.learnLowerBound(receivedUs, storeUs);
    if (this.latencies.length === 0) this.latencies = [receivedUs - sentUs];
  }

  /**
   * Returns the lower bound of the store's time as both bounds, to plan a reservation with. Undefined before the first
   * answer. If a slot is planned too early, the answer to its commit shows that it is late, and the slot is dropped.
   */
  lowerBoundNow(monotonicUs: number): Now | undefined {
    if (this.lowerBound === undefined) return undefined;
    const earliestUs = Math.floor(monotonicUs + lowestOffsetAt(this.lowerBound, monotonicUs));
    return { earliestUs, latestUs: earliestUs };
  }

  /** The store's time. Undefined until the answer to a commit gives the upper bound. */
  now(monotonicUs: number): Now | undefined {
    if (this.lowerBound === undefined || this.upperBound === undefined) return undefined;
    return {
      earliestUs: Math.floor(monotonicUs + lowestOffsetAt(this.lowerBound, monotonicUs)),
      latestUs: Math.ceil(monotonicUs + highestOffsetAt(this.upperBound, monotonicUs)),
    };
  }

  /**
   * Returns the expected latency of the next call in microseconds: the median of the last latencies (of an even number,
   * the lower of the two middle ones) plus a tenth. The first latency includes the start of the client and the opening
   * of the connection. So the estimate from it alone is a third of it, at most 25 ms. A reservation asks for
   * slots that begin this long after it is sent. If its response comes sooner, the caller waits until the slot begins.
   * If it comes more than 50 ms (`LATENESS_US`) after that, the slot is lost.
   */
  leadUs(): number {
    const [first = 0] = this.latencies;
    if (this.latencies.length === 1) return Math.min(MAX_FIRST_LEAD_US, Math.round(first / 3));
    const sorted = [...this.latencies].sort((a, b) => a - b);
    return Math.round(1.1 * (sorted[(sorted.length - 1) >> 1] ?? 0));
  }
}

/** Returns a lower bound of the offset at `nowUs`. Possible drift since the bound was proved lowers it. */
function lowestOffsetAt({ offsetUs, atUs }: Bound, nowUs: number): number {
  return offsetUs - DRIFT * (nowUs - atUs);
}

/** Returns an upper bound of the offset at `nowUs`. Possible drift since the bound was proved raises it. */
function highestOffsetAt({ offsetUs, atUs }: Bound, nowUs: number): number {
  return offsetUs + DRIFT * (nowUs - atUs);
}
