import { PRIORITIES, type Priority } from './wait-queue.ts';

/**
 * A call's place in the estimate of the line while it does its last work before it waits for a turn. Its wait counts from
 * the admission on.
 */
export interface Admission {
  /** Uses the admission up: when it was granted, in milliseconds of the monotonic clock. Undefined if it is used up. */
  use(): number | undefined;
}

/** The caller of one admission. Times are milliseconds of the monotonic clock. */
export interface Admitted {
  readonly priority: Priority;
  readonly sinceMs: number;
}

/** Callers that hold an admission, in the order of their admissions. */
export class Admissions {
  private readonly admitted = new Set<Admitted>();
  private lastMs = 0;

  add(caller: Admitted): void {
    this.admitted.add(caller);
  }

  remove(caller: Admitted, nowMs: number): void {
    if (this.admitted.delete(caller)) this.lastMs = nowMs - caller.sinceMs;
  }

  /** How many of them go before a caller of this class who comes now. */
  before(priority: Priority): number {
    const last = PRIORITIES.indexOf(priority);
    let count = 0;
    for (const caller of this.admitted) if (PRIORITIES.indexOf(caller.priority) <= last) count += 1;
    return count;
  }

  /** Milliseconds from an admission to the line: as long as the last one took, or the oldest one has taken so far. */
  leadMs(nowMs: number): number {
    const [oldest] = this.admitted;
    return Math.max(this.lastMs, oldest === undefined ? 0 : nowMs - oldest.sinceMs);
  }
}
