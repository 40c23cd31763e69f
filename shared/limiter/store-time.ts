import type { Clock } from '../ports/clock.ts';
import { LATENESS_NS } from './token-bucket.ts';

const NS_PER_MS = 1_000_000;

/** However uncertain the time, a slot may be this late at least: else nothing would ever be released. */
const LEAST_LATENESS_NS = 10_000_000n;

/**
 * The store's time as one instance knows it: between two bounds that every answer tightens, carried on by the
 * monotonic clock. The wall clock is never asked.
 *
 * An answer that left at `a`, came at `b` and says `t` proves t - b <= offset <= t - a. While the two bounds are
 * closer than the lateness, a slot that is released between its time (by the lower bound) and its time + G (by the
 * upper) is released within G in truth: the bucket's guarantee holds exactly. With bounds further apart (a way to the
 * store slower than 40 ms) releases may slip by the difference.
 */
export class StoreTime {
  private lowerNs: bigint | undefined;
  private upperNs: bigint | undefined;
  /** How long answers took lately: a peak that fades. */
  private tripNs = 0;

  constructor(private readonly clock: Clock) {}

  get known(): boolean {
    return this.lowerNs !== undefined;
  }

  /** A lower bound of the store's now; undefined before the first answer. */
  nowNs(): bigint | undefined {
    return this.lowerNs === undefined ? undefined : this.lowerNs + this.monotonicNs();
  }

  /** Asks the store and learns from its answer. */
  async learn<T>(question: () => Promise<T>, storeNs: (answer: T) => bigint): Promise<T> {
    const asked = this.monotonicNs();
    const answer = await question();
    const came = this.monotonicNs();
    const said = storeNs(answer);
    if (this.lowerNs === undefined || said - came > this.lowerNs) this.lowerNs = said - came;
    if (this.upperNs === undefined || said - asked < this.upperNs) this.upperNs = said - asked;
    this.tripNs = Math.max(Number(came - asked), this.tripNs * 0.8);
    return answer;
  }

  /** Where slots may begin that are asked for now: when their answer is likely to be here. */
  firstUsableNs(): bigint | undefined {
    const now = this.nowNs();
    return now === undefined ? undefined : now + BigInt(Math.round(this.tripNs));
  }

  /** G, less what the time is uncertain by. */
  latenessNs(): bigint {
    if (this.lowerNs === undefined || this.upperNs === undefined) return LEAST_LATENESS_NS;
    const left = LATENESS_NS - (this.upperNs - this.lowerNs);
    return left > LEAST_LATENESS_NS ? left : LEAST_LATENESS_NS;
  }

  private monotonicNs(): bigint {
    return BigInt(Math.round(this.clock.monotonicMs() * NS_PER_MS));
  }
}
