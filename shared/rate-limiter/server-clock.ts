import type { Now } from './gcra.ts';

/** Maximum drift of a monotonic clock from the store's: 200 ppm, as in TrueTime (Spanner, OSDI 2012, section 3). */
const DRIFT = 200e-6;

/** Resolution of the store's time in microseconds. */
const QUANTUM_US = 1_000;

/** Number of responses whose latencies predict the latency of the next one. */
const REMEMBERED = 5;

/** Maximum estimate of a latency if only one earlier latency is known, in microseconds. */
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
 * A commit that is sent at `a`, committed at the store's time t and answered at `b` proves t - b <= offset <= t - a. A
 * read proves only t - b <= offset, because Firestore may read at a time before the request.
 */
export class StoreTime {
  private least: Bound | undefined;
  private most: Bound | undefined;
  private latencies: number[] = [];

  /**
   * Tightens both bounds with the answer to a commit. `sentUs` and `receivedUs` are monotonic times, `storeUs` is the
   * store's commit time.
   */
  learn(sentUs: number, receivedUs: number, storeUs: number): void {
    const most = { offsetUs: storeUs - sentUs + QUANTUM_US, atUs: receivedUs };
    this.learnLeast(receivedUs, storeUs);
    if (this.most === undefined || most.offsetUs < mostAt(this.most, receivedUs)) this.most = most;
    // The bounds contradict each other, because a clock drifted by more than `DRIFT`. The newest answer is right.
    if (this.least === undefined || leastAt(this.least, receivedUs) > mostAt(this.most, receivedUs))
      this.least = { offsetUs: storeUs - receivedUs, atUs: receivedUs };
    this.latencies = [...this.latencies.slice(1 - REMEMBERED), receivedUs - sentUs];
  }

  /**
   * Tightens the lower bound with the answer to a read. `storeUs` is the read time, which is not after the answer.
   * https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1#batchgetdocumentsresponse
   */
  private learnLeast(receivedUs: number, storeUs: number): void {
    const least = storeUs - receivedUs;
    if (this.least === undefined || least > leastAt(this.least, receivedUs))
      this.least = { offsetUs: least, atUs: receivedUs };
    // The bounds contradict each other, because a clock drifted by more than `DRIFT`. The next commit sets the upper
    // bound again.
    if (this.most !== undefined && leastAt(this.least, receivedUs) > mostAt(this.most, receivedUs))
      this.most = undefined;
  }

  /** Learns from the answer to a read. Until the first commit, the latency of the read predicts that of the commit. */
  learnRead(sentUs: number, receivedUs: number, storeUs: number): void {
    this.learnLeast(receivedUs, storeUs);
    if (this.latencies.length === 0) this.latencies = [receivedUs - sentUs];
  }

  /**
   * Returns the lower bound of the store's time as both bounds, to plan a reservation with. Undefined before the first
   * answer. If a slot is planned too early, the answer to its commit shows that it is late, and the slot is dropped.
   */
  leastNow(monotonicUs: number): Now | undefined {
    if (this.least === undefined) return undefined;
    const leastUs = Math.floor(monotonicUs + leastAt(this.least, monotonicUs));
    return { leastUs, mostUs: leastUs };
  }

  /** The store's time; undefined before the first answer to a commit. */
  now(monotonicUs: number): Now | undefined {
    if (this.least === undefined || this.most === undefined) return undefined;
    return {
      leastUs: Math.floor(monotonicUs + leastAt(this.least, monotonicUs)),
      mostUs: Math.ceil(monotonicUs + mostAt(this.most, monotonicUs)),
    };
  }

  /**
   * Returns the expected latency of the next call in microseconds: the median of the last latencies (of two, the shorter
   * one) plus a tenth. The first latency includes the start of the client and the opening of the connection. So the
   * estimate from it alone is a third of it, at most 25 ms. If a response comes sooner than estimated, its caller waits
   * for the slot. If it comes more than 50 ms later, the slot is lost.
   */
  leadUs(): number {
    const [first = 0] = this.latencies;
    if (this.latencies.length === 1) return Math.min(MAX_FIRST_LEAD_US, Math.round(first / 3));
    const sorted = [...this.latencies].sort((a, b) => a - b);
    return Math.round(1.1 * (sorted[(sorted.length - 1) >> 1] ?? 0));
  }
}

/** Returns a lower bound of the offset at `nowUs`. Possible drift since the bound was proved lowers it. */
function leastAt({ offsetUs, atUs }: Bound, nowUs: number): number {
  return offsetUs - DRIFT * (nowUs - atUs);
}

/** Returns an upper bound of the offset at `nowUs`. Possible drift since the bound was proved raises it. */
function mostAt({ offsetUs, atUs }: Bound, nowUs: number): number {
  return offsetUs + DRIFT * (nowUs - atUs);
}
