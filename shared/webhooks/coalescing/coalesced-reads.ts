import { REUSE_MS } from '../../event-inbox/object-read.ts';
import type { Clock } from '../../ports/clock.ts';

/**
 * A value that was read. It is current for the events that arrived at this instance before the read began, and for
 * events that happened up to `coversMs`.
 */
export interface ReadAt<T> {
  readonly value: T;
  /** When the read began, in milliseconds since 1970. */
  readonly readAtMs: number;
  /** The read began at or after this time of this instance's monotonic clock, in milliseconds. */
  readonly begunAfterMs: number;
  /** The value shows every event up to this time of Stripe's clock, in milliseconds since 1970. */
  readonly coversMs: number;
}

/** How a read and the instance that started it inform each other. */
export interface ReadProgress {
  /** The read calls this when it begins. An event that arrives later does not join the read. */
  readonly begun: () => void;
  /** Returns how many events of this instance wait for the read. */
  readonly waiting: () => number;
}

/** Starts a read of an object, which reports when it begins. */
export type StartRead<T> = (progress: ReadProgress) => Promise<ReadAt<T>>;

interface CurrentRead<T> {
  readonly read: Promise<ReadAt<T>>;
  readonly progress: { hasBegun: boolean; events: number };
}

interface KeyReads<T> {
  /** The read in progress. Once it has begun, its value may be older than an event that arrives. */
  current: CurrentRead<T> | undefined;
  /** The read that follows the current one. It has not begun, so every event that arrives may wait for it. */
  next: { readonly read: Promise<ReadAt<T>>; events: number } | undefined;
  last: { readonly read: ReadAt<T>; readonly endedMs: number } | undefined;
}

/** Maximum number of objects in memory. The objects that were added first are dropped first. */
const MAX_KEYS = 500;

/**
 * Reads each object once for all events that arrive at this instance before the read begins. An event only gets a state
 * that was read after the event happened: the read begins after the event arrives, or began well after Stripe's time of
 * the event.
 */
export class CoalescedReads<T> {
  private readonly keys = new Map<string, KeyReads<T>>();

  constructor(private readonly clock: Clock) {}

  /** Returns the state for an event that happened at `happenedMs`, in milliseconds since 1970. */
  async read(key: string, happenedMs: number, start: StartRead<T>): Promise<ReadAt<T>> {
    const reads = this.keys.get(key) ?? { current: undefined, next: undefined, last: undefined };
    this.keys.set(key, reads);
    const { last, current } = reads;
    const arrivedMs = this.clock.monotonicMs();
    if (last !== undefined && this.isCurrentFor(last, happenedMs)) return last.read;
    if (current === undefined && reads.next === undefined) return this.run(key, reads, start, 1);
    const joinsCurrent = current?.progress.hasBegun === false;
    if (joinsCurrent) current.progress.events += 1;
    const read = await (joinsCurrent ? current.read : this.runNext(key, reads, start));
    // If another instance made the read, it may have begun before the event arrived. The event then needs a later read.
    const isOlder = read.begunAfterMs < arrivedMs && read.coversMs < happenedMs;
    return isOlder ? this.read(key, happenedMs, start) : read;
  }

  /** Starts a read after the current one has ended, or joins the read that is already planned to follow it. */
  private runNext(key: string, reads: KeyReads<T>, start: StartRead<T>): Promise<ReadAt<T>> {
    const ended = Promise.resolve(reads.current?.read).then(
      () => undefined,
      () => undefined,
    );
    reads.next ??= {
      read: ended.then(() => {
        const events = reads.next?.events ?? 1;
        reads.next = undefined;
        return this.run(key, reads, start, events);
      }),
      events: 0,
    };
    reads.next.events += 1;
    return reads.next.read;
  }

  /** Returns whether the last read shows an event that happened at `happenedMs`, and is recent enough to be reused. */
  private isCurrentFor({ read, endedMs }: NonNullable<KeyReads<T>['last']>, happenedMs: number): boolean {
    return this.clock.monotonicMs() - endedMs <= REUSE_MS && read.coversMs >= happenedMs;
  }

  /** Starts a read now. `events` is the number of events that wait for it. */
  private run(key: string, reads: KeyReads<T>, start: StartRead<T>, events: number): Promise<ReadAt<T>> {
    const progress = { hasBegun: false, events };
    const read = start({ begun: () => void (progress.hasBegun = true), waiting: () => progress.events })
      .then((result) => {
        reads.last = { read: result, endedMs: this.clock.monotonicMs() };
        return result;
      })
      .finally(() => {
        reads.current = undefined;
        if (reads.next === undefined && reads.last === undefined) this.keys.delete(key);
        this.dropOldest();
      });
    reads.current = { read, progress };
    return read;
  }

  /** Drops the oldest objects that have no read in progress, until at most `MAX_KEYS` are left. */
  private dropOldest(): void {
    for (const [key, { current, next }] of this.keys) {
      if (this.keys.size <= MAX_KEYS) return;
      if (current === undefined && next === undefined) this.keys.delete(key);
    }
  }
}
