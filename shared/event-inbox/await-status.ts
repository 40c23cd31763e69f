import type { Clock } from '../ports/clock.ts';
import type { InboxEntry } from './store.ts';
import type { WatchedInbox } from './watched.ts';

export interface AwaitedStatus {
  readonly objectId: string;
  readonly account: string;
  readonly statuses: readonly string[];
  /** Events that Stripe created before this time do not count, milliseconds since 1970. */
  readonly createdMs: number;
  /** Nor do those that arrived before this time. */
  readonly receivedMs: number;
  readonly waitMs: number;
}

/**
 * The pauses between the reads of one wait: 250, 375, 563, 844 and then 1000 ms. With 50 reads they cover 47 s, which is why
 * no wait is longer than `waitSeconds` of the request limits.
 */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS, GROWTH] = [250, 1000, 1.5];
const MAX_READS = 50;
/** Events of one object that one read looks at. */
const LATEST = 50;

/** Returns the status of these in which an event has its object: its own, or `deleted` after a `deleted` event. */
export function reachedStatus({ status, type }: InboxEntry, statuses: readonly string[]): string | undefined {
  if (statuses.includes(status)) return status;
  return statuses.includes('deleted') && type.endsWith('.deleted') ? 'deleted' : undefined;
}

/**
 * Waits for an event that has an object in one of the statuses. An event that this instance receives ends the wait at
 * once; those of other instances are found by reads with growing pauses. Returns undefined when the time is up.
 */
export async function awaitStatus(
  inbox: WatchedInbox,
  clock: Clock,
  { objectId, account, statuses, createdMs, receivedMs, waitMs }: AwaitedStatus,
): Promise<InboxEntry | undefined> {
  const endMs = clock.monotonicMs() + waitMs;
  const isMatch = (entry: InboxEntry): boolean =>
    entry.account === account &&
    entry.createdMs >= createdMs &&
    entry.receivedMs >= receivedMs &&
    reachedStatus(entry, statuses) !== undefined;
  let found: InboxEntry | undefined;
  let wake = (): void => undefined;
  const endWatch = inbox.watch(objectId, (entry) => {
    if (!isMatch(entry)) return;
    found = entry;
    wake();
  });
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.setTimer(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
      if (found !== undefined) wake();
    });
  try {
    let pauseMs = FIRST_PAUSE_MS;
    for (let reads = 1; ; reads += 1) {
      // Without the store the wait goes on: its next read may answer.
      found ??= (await inbox.query({ objectId, sinceMs: receivedMs }, LATEST).catch(() => [])).find(isMatch);
      const leftMs = endMs - clock.monotonicMs();
      if (found !== undefined || leftMs <= 0 || reads >= MAX_READS) return found;
      await pause(Math.min(pauseMs, leftMs));
      pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
    }
  } finally {
    endWatch();
  }
}
