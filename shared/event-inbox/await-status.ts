import type { Clock } from '../ports/clock.ts';
import type { InboxEntry } from './store.ts';
import type { WatchedInbox } from './watched.ts';

export interface AwaitedStatus {
  readonly objectId: string;
  readonly account: string;
  readonly statuses: readonly string[];
  /** Events that Stripe created before this time do not end the wait. Milliseconds since 1970. */
  readonly createdMs: number;
  /** Events that arrived before this time do not end the wait. Milliseconds since 1970. */
  readonly receivedMs: number;
  readonly waitMs: number;
  /** Returns whether an event is certainly newer than the write. False if that is unknown. */
  readonly isAfterWrite: (entry: InboxEntry) => boolean;
  /** Reads the object, and returns whether it has one of the statuses. `awaitStatus` calls it at most once. */
  readonly confirm: () => Promise<boolean>;
}

/**
 * The pauses between the reads of one wait: 250, 375, 563, 844 and then 960 ms. With 50 reads they cover 45 s.
 * Therefore the request limit `waitSeconds` is 45.
 */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS, GROWTH] = [250, 960, 1.5];
const MAX_READS = 50;
/** Maximum number of events in one read. */
const MAX_EVENTS_READ = 50;

/**
 * Returns which of these statuses an event reports: the status of its object, or `deleted` if the object was deleted.
 * Undefined if it reports none of them.
 */
export function reachedStatus({ status, type }: InboxEntry, statuses: readonly string[]): string | undefined {
  if (statuses.includes(status)) return status;
  return statuses.includes('deleted') && type.endsWith('.deleted') ? 'deleted' : undefined;
}

/**
 * Waits for an event that reports one of the statuses of an object. An event that this instance receives ends the wait
 * at once. Events that other instances receive are read from the inbox, with growing pauses.
 *
 * For the first event that may be older than the write, the object is read. The event ends the wait if the object has
 * one of the statuses. Otherwise only an event that is certainly newer than the write ends the wait, because a second
 * read would cost a second transaction. Returns undefined when the time is up, or after `MAX_READS` reads.
 */
export async function awaitStatus(
  inbox: WatchedInbox,
  clock: Clock,
  wait: AwaitedStatus,
): Promise<InboxEntry | undefined> {
  const { objectId, account, statuses, createdMs, receivedMs, waitMs } = wait;
  const endMs = clock.monotonicMs() + waitMs;
  const isMatch = (entry: InboxEntry): boolean =>
    entry.account === account &&
    entry.createdMs >= createdMs &&
    entry.receivedMs >= receivedMs &&
    reachedStatus(entry, statuses) !== undefined;
  const found = new FoundEvents(wait);
  /** Ends the current pause. */
  let wake = (): void => undefined;
  const endWatch = inbox.watch(objectId, (entry) => {
    if (!isMatch(entry)) return;
    found.add([entry]);
    wake();
  });
  /** Waits `ms` milliseconds, or until an event is found that may end the wait. */
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.setTimer(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
      if (found.canDecide()) wake();
    });
  try {
    let pauseMs = FIRST_PAUSE_MS;
    let readAtMs = clock.monotonicMs();
    for (let reads = 0; ;) {
      if (clock.monotonicMs() >= readAtMs && reads < MAX_READS && found.newer === undefined) {
        reads += 1;
        // If the store does not respond, the wait goes on, because the next read may succeed.
        const latest = await inbox.query({ objectId, sinceMs: receivedMs }, MAX_EVENTS_READ).catch(() => []);
        found.add(latest.filter(isMatch));
        readAtMs = Math.min(clock.monotonicMs() + pauseMs, endMs);
        pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
      }
      const entry = await found.decide();
      const nowMs = clock.monotonicMs();
      if (entry !== undefined || nowMs >= endMs || reads >= MAX_READS) return entry;
      await pause(Math.max(0, Math.min(readAtMs, endMs) - nowMs));
    }
  } finally {
    endWatch();
  }
}

/** The events that may end a wait. */
class FoundEvents {
  /** The first event that is certainly newer than the write. */
  newer: InboxEntry | undefined;
  /** The first event that was found. It may be older than the write. */
  private uncertain: InboxEntry | undefined;
  private isConfirmed: boolean | undefined;

  constructor(private readonly wait: Pick<AwaitedStatus, 'isAfterWrite' | 'confirm'>) {}

  add(entries: readonly InboxEntry[]): void {
    this.newer ??= entries.find((entry) => this.wait.isAfterWrite(entry));
    this.uncertain ??= entries[0];
  }

  /** Returns whether `decide` has an event to return, or one to confirm. */
  canDecide(): boolean {
    return this.newer !== undefined || (this.uncertain !== undefined && this.isConfirmed === undefined);
  }

  /** Returns the event that ends the wait, if there is one. Reads the object for the first uncertain event. */
  async decide(): Promise<InboxEntry | undefined> {
    if (this.newer === undefined && this.uncertain !== undefined) this.isConfirmed ??= await this.wait.confirm();
    return this.isConfirmed === true ? this.uncertain : this.newer;
  }
}
