import type { Clock } from '../ports/clock.ts';
import type { InboxEntry } from './store.ts';
import type { WatchedInbox } from './watched.ts';

export interface AwaitedStatus {
  readonly objectId: string;
  readonly account: string;
  readonly statuses: readonly string[];
  /** Events created before this time do not count, milliseconds since 1970. */
  readonly sinceMs: number;
  readonly waitMs: number;
}

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS, GROWTH] = [250, 1000, 1.5];
/** Maximum number of reads of one wait, and how many of the pauses between them have the same length. */
const [MAX_READS, EVEN_PAUSES] = [50, 45];
/** Events of one object that one read looks at. */
const LATEST = 20;

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
  { objectId, account, statuses, sinceMs, waitMs }: AwaitedStatus,
): Promise<InboxEntry | undefined> {
  const endMs = clock.monotonicMs() + waitMs;
  const isMatch = (entry: InboxEntry): boolean =>
    entry.account === account && entry.createdMs >= sinceMs && reachedStatus(entry, statuses) !== undefined;
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
    const longestMs = Math.max(LONGEST_PAUSE_MS, waitMs / EVEN_PAUSES);
    for (let reads = 1; ; reads += 1) {
      // Without the store the wait goes on: its next read may answer.
      found ??= (await inbox.query({ objectId }, LATEST).catch(() => [])).find(isMatch);
      const leftMs = endMs - clock.monotonicMs();
      if (found !== undefined || leftMs <= 0 || reads >= MAX_READS) return found;
      await pause(reads === MAX_READS - 1 ? leftMs : Math.min(pauseMs, leftMs));
      pauseMs = Math.min(pauseMs * GROWTH, longestMs);
    }
  } finally {
    endWatch();
  }
}
