import { goesBefore, type Priority } from './priority.ts';

/**
 * An admitted call that still prepares: it does not wait for a permit yet, but the queue counts it in the waits of others.
 * Its own wait counts from the admission.
 */
export interface Admission {
  /** Uses the admission: returns its time in milliseconds of the monotonic clock. Undefined if it was used before. */
  use(): number | undefined;
}

/** Creates an admission of `sinceMs`, in milliseconds of the monotonic clock. `onUse` is called at the first use. */
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
  private lastMs = 0;

  get size(): number {
    return this.admitted.size;
  }

  add(caller: Admitted): void {
    this.admitted.add(caller);
  }

  remove(caller: Admitted, nowMs: number): void {
    if (this.admitted.delete(caller)) this.lastMs = nowMs - caller.sinceMs;
  }

  /** Returns how many of them precede a new caller of this class. */
  before(priority: Priority): number {
    return [...this.admitted].filter((caller) => !goesBefore(priority, caller.priority)).length;
  }

  /** Returns the milliseconds between admission and queue: the last duration, or the age of the oldest open admission. */
  leadMs(nowMs: number): number {
    const [oldest] = this.admitted;
    return Math.max(this.lastMs, oldest === undefined ? 0 : nowMs - oldest.sinceMs);
  }
}
