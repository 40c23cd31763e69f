import type { Now } from './gcra.ts';

/** How far a monotonic clock may run from the store's: 200 ppm, as TrueTime bounds it (Spanner, OSDI 2012, section 3). */
const DRIFT = 200e-6;

/** Microseconds to which the store's time is told. */
const QUANTUM_US = 1_000;

/** Answers whose ways count towards the next one's. */
const REMEMBERED = 5;

/** A bound of (store's time - monotonic time), as an answer proved it at `atUs`. */
interface Bound {
  readonly offsetUs: number;
  readonly atUs: number;
}

/**
 * The store's time as one instance knows it: between two bounds that answers tighten and drift widens, carried on by
 * the monotonic clock. The wall clock is never asked.
 *
 * An answer that left at `a`, came at `b` and says `t` proves t - b <= offset <= t - a.
 */
export class StoreTime {
  private least: Bound | undefined;
  private most: Bound | undefined;
  private trips: number[] = [];

  get known(): boolean {
    return this.least !== undefined;
  }

  /** Learns from one answer. Monotonic and store's microseconds. */
  learn(askedUs: number, cameUs: number, saidUs: number): void {
    const least = saidUs - cameUs;
    const most = saidUs - askedUs + QUANTUM_US;
    if (this.least === undefined || least > leastAt(this.least, cameUs)) this.least = { offsetUs: least, atUs: cameUs };
    if (this.most === undefined || most < mostAt(this.most, cameUs)) this.most = { offsetUs: most, atUs: cameUs };
    if (leastAt(this.least, cameUs) > mostAt(this.most, cameUs)) {
      // A clock ran further off than any should: what is newest is true.
      this.least = { offsetUs: least, atUs: cameUs };
      this.most = { offsetUs: most, atUs: cameUs };
    }
    this.trips = [...this.trips.slice(1 - REMEMBERED), cameUs - askedUs];
  }

  /** The store's now; undefined before the first answer. */
  now(monotonicUs: number): Now | undefined {
    if (this.least === undefined || this.most === undefined) return undefined;
    return {
      leastUs: Math.floor(monotonicUs + leastAt(this.least, monotonicUs)),
      mostUs: Math.ceil(monotonicUs + mostAt(this.most, monotonicUs)),
    };
  }

  /**
   * Microseconds until an answer that is asked for now is likely here: the median of the last ways and a tenth, of two the
   * quicker. The very first way opens its connection too (three round trips in place of one: TCP, TLS, the question). A lead
   * that is too short costs nothing: a slot waits a while for its owner.
   */
  leadUs(): number {
    const [first = 0] = this.trips;
    if (this.trips.length === 1) return Math.round(first / 3);
    const sorted = [...this.trips].sort((a, b) => a - b);
    return Math.round(1.1 * (sorted[(sorted.length - 1) >> 1] ?? 0));
  }
}

function leastAt({ offsetUs, atUs }: Bound, nowUs: number): number {
  return offsetUs - DRIFT * (nowUs - atUs);
}

function mostAt({ offsetUs, atUs }: Bound, nowUs: number): number {
  return offsetUs + DRIFT * (nowUs - atUs);
}
