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
  /** Returns whether an event is certainly not older than the write. Other events must be confirmed. */
  readonly isCertain: (entry: InboxEntry) => boolean;
  /** When `confirm` is called, once, for events that must be confirmed. Monotonic milliseconds. */
  readonly confirmAtMs: number;
  /** Reads the object, and returns whether it has one of the statuses. */
  readonly confirm: () => Promise<boolean>;
}

/**
 * The pauses between the reads of one wait: 250, 375, 563, 844 and then 960 ms. With 50 reads they cover 45 s.
 * Therefore the request limit `waitSeconds` is 45.
 */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS, GROWTH] = [250, 960, 1.5];
const MAX_READS = 50;
/** Maximum number of events in one read. */
const LATEST = 50;

/** Returns the one of these statuses that an event reports: that of its object, or `deleted` for a `deleted` event. */
export function reachedStatus({ status, type }: InboxEntry, statuses: readonly string[]): string | undefined {
  if (statuses.includes(status)) return status;
  return statuses.includes('deleted') && type.endsWith('.deleted') ? 'deleted' : undefined;
}

/**
 * Waits for an event that reports one of the statuses of an object. An event that this instance receives ends the wait
 * at once. Events that other instances receive are read from the inbox, with growing pauses. An event that may be older
 * than the write ends the wait only if the object has the status too. Returns undefined when the time is up.
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
  const found = new Found({ ...wait, confirmAtMs: Math.min(wait.confirmAtMs, endMs) });
  let wake = (): void => undefined;
  const endWatch = inbox.watch(objectId, (entry) => {
    if (!isMatch(entry)) return;
    found.add([entry]);
    wake();
  });
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.setTimer(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
      if (found.isDue(clock.monotonicMs())) wake();
    });
  try {
    let pauseMs = FIRST_PAUSE_MS;
    let readAtMs = clock.monotonicMs();
    for (let reads = 0; ;) {
      if (clock.monotonicMs() >= readAtMs && reads < MAX_READS && found.certain === undefined) {
        reads += 1;
        // Without the store the wait goes on: its next read may answer.
        const latest = await inbox.query({ objectId, sinceMs: receivedMs }, LATEST).catch(() => []);
        found.add(latest.filter(isMatch));
        readAtMs = Math.min(clock.monotonicMs() + pauseMs, endMs);
        pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
      }
      const entry = await found.take(clock.monotonicMs());
      const nowMs = clock.monotonicMs();
      if (entry !== undefined || nowMs >= endMs || reads >= MAX_READS) return entry;
      await pause(Math.max(0, Math.min(readAtMs, found.dueAtMs(), endMs) - nowMs));
    }
  } finally {
    endWatch();
  }
}

/** The events that may end a wait. */
class Found {
  /** Surely not older than the write. */
  certain: InboxEntry | undefined;
  private uncertain: InboxEntry | undefined;
  private asked = false;

  constructor(private readonly wait: Pick<AwaitedStatus, 'isCertain' | 'confirmAtMs' | 'confirm'>) {}

  add(entries: readonly InboxEntry[]): void {
    this.certain ??= entries.find((entry) => this.wait.isCertain(entry));
    this.uncertain ??= entries[0];
  }

  /** When the next event can end the wait; never without one. */
  dueAtMs(): number {
    return this.uncertain === undefined || this.asked ? Infinity : this.wait.confirmAtMs;
  }

  isDue(nowMs: number): boolean {
    return this.certain !== undefined || nowMs >= this.dueAtMs();
  }

  /** Returns the event that ends the wait. The object is asked once: a later event without certainty does not count. */
  async take(nowMs: number): Promise<InboxEntry | undefined> {
    if (this.certain !== undefined || !this.isDue(nowMs)) return this.certain;
    this.asked = true;
    return (await this.wait.confirm()) ? this.uncertain : this.certain;
  }
}
