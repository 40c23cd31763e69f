/**
 * When a request arrived. Node reads a request when its event loop comes to it, so a busy process reads it late. The
 * maximum wait and the deadline of a call count from the earliest time at which its request may have arrived.
 */

/** After a longer pause the event loop waited for input, so a request that it then reads has just arrived. */
const MAX_GAP_MS = 5;

/** A shorter delay is not counted. Every request has one of a few milliseconds. */
const MIN_LATE_MS = 50;

export class RequestArrivals {
  private readonly sinceMs = new WeakMap<object, number>();
  /** When the requests that the current turn reads may have arrived. Undefined if it has read none yet. */
  private currentSinceMs: number | undefined;
  /** The last turn that read requests. */
  private last: { readonly startMs: number; readonly endMs: number } | undefined;

  constructor(
    private readonly monotonicMs: () => number,
    /** Calls back at the end of the turn. https://nodejs.org/api/timers.html#setimmediatecallback-args */
    private readonly atEndOfTurn: (ended: () => void) => unknown = setImmediate,
  ) {}

  /** Records that the event loop has read a request. */
  note(request: object): void {
    this.currentSinceMs ??= this.beginTurn();
    this.sinceMs.set(request, this.currentSinceMs);
  }

  /** Returns how many milliseconds ago a request may have arrived; 0 if that is a short time or not known. */
  lateMs(request: object): number {
    const late = this.monotonicMs() - (this.sinceMs.get(request) ?? Infinity);
    return late < MIN_LATE_MS ? 0 : late;
  }

  private beginTurn(): number {
    const startMs = this.monotonicMs();
    const { last } = this;
    this.atEndOfTurn(() => {
      this.last = { startMs, endMs: this.monotonicMs() };
      this.currentSinceMs = undefined;
    });
    // The loop did not wait in between, so requests may have arrived while the turn before ran.
    const follows = last !== undefined && startMs - last.endMs <= MAX_GAP_MS;
    return follows ? last.startMs : startMs;
  }
}

export const arrivals = new RequestArrivals(() => performance.now());
