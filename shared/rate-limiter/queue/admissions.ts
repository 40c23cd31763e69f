import { goesBefore, type Priority } from './priority.ts';

/**
 * A call that was admitted and still prepares its request. It does not wait yet, but later admissions include it in
 * their expected waits. Its own wait counts from its admission.
 */
export interface Admission {
  /**
   * Uses the admission and returns when the call was admitted, in milliseconds of the monotonic clock. Returns
   * undefined if the admission was used before.
   */
  use(): number | undefined;
}

/**
 * Creates an admission. `sinceMs`: when the call was admitted, in milliseconds of the monotonic clock. `onUse` is
 * called at the first use.
 */
export function singleUseAdmission(sinceMs: number, onUse: () => void): Admission {
  let open = true;
  return {
    use() {
      if (!open) return undefined;
      open = false;
      onUse();
      return sinceMs;
    },
  };
}

/** The caller of one admission. Times are milliseconds of the monotonic clock. */
export interface Admitted {
  readonly priority: Priority;
  readonly sinceMs: number;
}

/** Callers that hold an admission, in the order of their admissions. */
export class Admissions {
  private readonly admitted = new Set<Admitted>();
  /** How long the last admission lasted. */
  private lastMs = 0;

  get size(): number {
    return this.admitted.size;
  }

  add(caller: Admitted): void {
    this.admitted.add(caller);
  }

  /** Removes a caller whose admission ends, and remembers how long the admission lasted. */
  remove(caller: Admitted, nowMs: number): void {
    if (this.admitted.delete(caller)) this.lastMs = nowMs - caller.sinceMs;
  }

  /** Returns how many admitted callers precede a new caller of this class. */
  before(priority: Priority): number {
    return [...this.admitted].filter((caller) => !goesBefore(priority, caller.priority)).length;
  }

  /**
   * Estimates the milliseconds from an admission until its caller joins the queue: the time that the last caller took,
   * or the age of the oldest open admission if that is longer.
   */
  leadMs(nowMs: number): number {
    const [oldest] = this.admitted;
    return Math.max(this.lastMs, oldest === undefined ? 0 : nowMs - oldest.sinceMs);
  }
}
