import type { Clock } from '../ports/clock.ts';

/** A value and when its read began, by the wall clock in milliseconds since 1970. */
export interface ReadAt<T> {
  readonly value: T;
  readonly readAtMs: number;
}

interface KeyReads<T> {
  /** The read that is under way. Its state may be older than an event that arrives now. */
  current: Promise<ReadAt<T>> | undefined;
  /** The read after it: it begins after every event that waits for it has arrived. */
  next: Promise<ReadAt<T>> | undefined;
  last: { readonly read: ReadAt<T>; readonly endedMs: number } | undefined;
}

/** A finished read serves events of the past for this time: a backlog has many events of one object in a row. */
const REUSE_MS = 2000;
/** How far this machine's clock and Stripe's may differ, with the second that Stripe's times are cut to. */
const CLOCK_MARGIN_MS = 11_000;
const MAX_KEYS = 100;

/**
 * Reads each object once for all events that arrive while it is read. An event only gets a state that was read after the
 * event happened: by a read that begins after its arrival, or by one that began well after the event's own time.
 */
export class CoalescedReads<T> {
  private readonly keys = new Map<string, KeyReads<T>>();

  constructor(private readonly clock: Clock) {}

  /** Returns the state for an event that happened at `happenedMs`, in milliseconds since 1970. */
  read(key: string, happenedMs: number, start: () => Promise<T>): Promise<ReadAt<T>> {
    const reads = this.keys.get(key) ?? { current: undefined, next: undefined, last: undefined };
    this.keys.set(key, reads);
    const last = reads.last;
    if (last !== undefined && this.serves(last, happenedMs)) return Promise.resolve(last.read);
    if (reads.current === undefined) return (reads.current = this.run(key, reads, start));
    const after = reads.current.then(
      () => undefined,
      () => undefined,
    );
    reads.next ??= after.then(() => {
      reads.current = reads.next;
      reads.next = undefined;
      return this.run(key, reads, start);
    });
    return reads.next;
  }

  private serves({ read, endedMs }: NonNullable<KeyReads<T>['last']>, happenedMs: number): boolean {
    return this.clock.monotonicMs() - endedMs <= REUSE_MS && read.readAtMs >= happenedMs + CLOCK_MARGIN_MS;
  }

  private async run(key: string, reads: KeyReads<T>, start: () => Promise<T>): Promise<ReadAt<T>> {
    const readAtMs = this.clock.epochMs();
    try {
      const read = { value: await start(), readAtMs };
      reads.last = { read, endedMs: this.clock.monotonicMs() };
      return read;
    } finally {
      if (reads.next === undefined) {
        reads.current = undefined;
        if (reads.last === undefined) this.keys.delete(key);
      }
      this.dropOldest();
    }
  }

  private dropOldest(): void {
    for (const [key, { current }] of this.keys) {
      if (this.keys.size <= MAX_KEYS) return;
      if (current === undefined) this.keys.delete(key);
    }
  }
}
