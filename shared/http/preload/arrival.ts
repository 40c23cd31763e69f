/**
 * Estimates when a request arrived. Node reads requests once per turn of its event loop, so a busy process reads a
 * request late. The maximum wait and the deadline of a call count from the earliest time at which its request may have
 * arrived.
 */

/**
 * Maximum gap between two turns that read requests at which the event loop counts as busy all the time. After a longer
 * gap it is assumed to have been idle, so a request that it reads has just arrived.
 */
const MAX_GAP_MS = 5;

/** Minimum delay that is counted. Every request has a delay of a few milliseconds, which is ignored. */
const MIN_LATE_MS = 50;

/** An incoming request. It emits `end` when its body was read. https://nodejs.org/api/stream.html#event-end */
interface Incoming {
  once(event: 'end', ended: () => void): unknown;
}

export class RequestArrivals {
  private readonly sinceMs = new WeakMap<object, number>();
  /**
   * The earliest time at which requests of the current turn may have arrived. Undefined if this turn has read no
   * request yet.
   */
  private currentSinceMs: number | undefined;
  /** The last turn that read requests. */
  private last: { readonly startMs: number; readonly endMs: number } | undefined;

  constructor(
    private readonly monotonicMs: () => number,
    /** Calls `ended` at the end of the current turn. https://nodejs.org/api/timers.html#setimmediatecallback-args */
    private readonly atEndOfTurn: (ended: () => void) => unknown = setImmediate,
  ) {}

  /**
   * Records that the event loop has read the head of a request, and later the end of its body. A request has arrived
   * when its body has. So the time that a caller takes to send a body is not counted.
   */
  note(request: Incoming): void {
    this.read(request);
    request.once('end', () => this.read(request));
  }

  /**
   * Returns how many milliseconds ago a request may have arrived. Returns 0 if the delay is below `MIN_LATE_MS` or
   * unknown.
   */
  lateMs(request: object): number {
    const late = this.monotonicMs() - (this.sinceMs.get(request) ?? Infinity);
    return late < MIN_LATE_MS ? 0 : late;
  }

  private read(request: object): void {
    this.currentSinceMs ??= this.beginTurn();
    this.sinceMs.set(request, this.currentSinceMs);
  }

  private beginTurn(): number {
    const startMs = this.monotonicMs();
    const { last } = this;
    this.atEndOfTurn(() => {
      this.last = { startMs, endMs: this.monotonicMs() };
      this.currentSinceMs = undefined;
    });
    // If the loop was busy since the last turn that read requests, requests may have arrived while that turn ran.
    const follows = last !== undefined && startMs - last.endMs <= MAX_GAP_MS;
    return follows ? last.startMs : startMs;
  }
}

export const arrivals = new RequestArrivals(() => performance.now());
