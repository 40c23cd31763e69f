import type { Now } from './gcra.ts';

/** Maximum drift of a monotonic clock from the store's: 200 ppm, as in TrueTime (Spanner, OSDI 2012, section 3). */
const DRIFT = 200e-6;

/** Resolution of the store's time in microseconds. */
const QUANTUM_US = 1_000;

/** Number of responses whose latency predicts the next one. */
const REMEMBERED = 5;

/** Maximum estimate of a latency from a single one, in microseconds. */
const MAX_FIRST_LEAD_US = 25_000;

/** A bound of (store's time - monotonic time) that a response proved at `atUs`. */
interface Bound {
  readonly offsetUs: number;
  readonly atUs: number;
}

/**
 * Estimates the store's time as the monotonic time plus an offset. The offset has a lower and an upper bound. Answers of
 * the store tighten the bounds, and possible drift of the clock widens them. The wall clock is never read.
 *
 * The answer to a commit that was sent at `a`, with the commit time t and received at `b`, proves t - b <= offset <= t - a.
 * The answer to a read proves only t - b <= offset: Firestore may read at a time before the request.
 */
export class StoreTime {
  private least: Bound | undefined;
  private most: Bound | undefined;
  private latencies: number[] = [];

  /**
   * Learns both bounds from the answer to a commit. `sentUs` and `receivedUs` are of the monotonic clock, `storeUs` is the
   * commit time. Microseconds.
   */
  learn(sentUs: number, receivedUs: number, storeUs: number): void {
    const most = { offsetUs: storeUs - sentUs + QUANTUM_US, atUs: receivedUs };
    this.learnLeast(receivedUs, storeUs);
    if (this.most === undefined || most.offsetUs < mostAt(this.most, receivedUs)) this.most = most;
    // A clock drifted further than it should: the newest answer is right.
    if (this.least === undefined || leastAt(this.least, receivedUs) > mostAt(this.most, receivedUs))
      this.least = { offsetUs: storeUs - receivedUs, atUs: receivedUs };
    this.latencies = [...this.latencies.slice(1 - REMEMBERED), receivedUs - sentUs];
  }

  /**
   * Learns a lower bound from the answer to a read. `storeUs` is the read time, which is not after the answer.
   * https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1#batchgetdocumentsresponse
   */
  private learnLeast(receivedUs: number, storeUs: number): void {
    const least = storeUs - receivedUs;
    if (this.least === undefined || least > leastAt(this.least, receivedUs))
      this.least = { offsetUs: least, atUs: receivedUs };
    // A clock drifted further than it should: the next commit sets the upper bound again.
    if (this.most !== undefined && leastAt(this.least, receivedUs) > mostAt(this.most, receivedUs))
      this.most = undefined;
  }

  /** Learns from the answer to a read. Until the first commit, its latency predicts that of the commit. */
  learnRead(sentUs: number, receivedUs: number, storeUs: number): void {
    this.learnLeast(receivedUs, storeUs);
    if (this.latencies.length === 0) this.latencies = [receivedUs - sentUs];
  }

  /**
   * The lower bound of the store's time, in the form of a time; undefined before the first answer. A reservation may be
   * planned with it: a slot that is planned too early is late when the answer to its commit tells the time, and is dropped.
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
   * Expected microseconds until a response: the median of the last latencies plus a tenth, or the shorter one of two. The
   * first latency includes the start of the client and a new connection, so only a third of it counts, 25 ms at most. If a
   * response comes sooner, its caller waits for the slot. If it comes more than 50 ms later, the slot is lost.
   */
  leadUs(): number {
    const [first = 0] = this.latencies;
    if (this.latencies.length === 1) return Math.min(MAX_FIRST_LEAD_US, Math.round(first / 3));
    const sorted = [...this.latencies].sort((a, b) => a - b);
    return Math.round(1.1 * (sorted[(sorted.length - 1) >> 1] ?? 0));
  }
}

function leastAt({ offsetUs, atUs }: Bound, nowUs: number): number {
  return offsetUs - DRIFT * (nowUs - atUs);
}

function mostAt({ offsetUs, atUs }: Bound, nowUs: number): number {
  return offsetUs + DRIFT * (nowUs - atUs);
}
