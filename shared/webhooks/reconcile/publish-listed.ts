import type { InboxEntry } from '../../event-inbox/store.ts';
import { toConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import { listedId } from '../../stripe/paginate.ts';
import { listedFor, parseEvent, type StripeEvent } from '../event.ts';
import { changeKeyOf, familyOf } from '../family.ts';
import { withOwnAccount } from '../own-account.ts';
import { isPermanentError, publishEvent, type DeliveryStatus } from '../publish.ts';
import { ignoredAs } from '../selection.ts';
import { groupsByObject } from './grouped.ts';
import { forEachParallel } from './parallel.ts';
import { snapshotTwinOf, type ThinTwins } from './thin-twins.ts';

export type ListedStatus = DeliveryStatus | 'refused' | 'failed';
export type ListedCounts = Partial<Record<ListedStatus, number>>;

/**
 * Number of events, at least, that are looked up in the inbox together. Firestore reads many documents in one request.
 */
const CHUNK = 300;
/** Number of objects whose events are published at the same time. */
const PARALLEL_OBJECTS = 8;
/** Number of failures after which a run stops: the topic or Stripe is then the cause, and not a single event. */
const MAX_FAILURES = 20;

export interface ListedRun {
  readonly account: string | undefined;
  /** Monotonic milliseconds. */
  readonly untilMs: number;
  readonly counts: ListedCounts;
  /** Lists the thin events of the period; undefined if the key may not list them. */
  readonly twins: () => Promise<ThinTwins | undefined>;
  /** Called after each event and after each chunk of events. */
  readonly onProgress: () => Promise<void>;
}

export interface ListedResult {
  /** False if events remain, because publishing is paused, the time is up, or too many events failed. */
  readonly complete: boolean;
  /** The error of the first event that failed. */
  readonly failure: unknown;
}

/**
 * Publishes the listed events that were not published before. The events of one object are published one after another,
 * in the order of the list. An event that fails does not stop the others.
 */
export async function publishListed(
  connector: Connector,
  listed: readonly unknown[],
  run: ListedRun,
): Promise<ListedResult> {
  const { account, counts } = run;
  const count = (status: ListedStatus): number => (counts[status] = (counts[status] ?? 0) + 1);
  const state: { stopped: boolean; failure: unknown } = { stopped: false, failure: undefined };
  const publishOne = async (event: StripeEvent): Promise<void> => {
    state.stopped ||= (counts.failed ?? 0) >= MAX_FAILURES || connector.clock.monotonicMs() >= run.untilMs;
    if (state.stopped) return;
    try {
      const status = await publishEvent(connector, event, 'reconcile');
      count(status);
      state.stopped ||= status === 'held';
    } catch (cause) {
      if (isPermanentError(cause)) {
        logRejected(connector, event.id, account, cause);
        count('refused');
      } else {
        state.failure ??= cause;
        count('failed');
      }
    }
    await run.onProgress();
  };
  const events = await selectListedEvents(connector, listed, account, count);
  for (const chunk of chunksOf(groupsByObject(events), CHUNK)) {
    const known = await publishedBefore(connector, chunk.flat(), run.twins);
    await forEachParallel(chunk, PARALLEL_OBJECTS, async (group) => {
      for (const event of group)
        if (known.has(event)) count('duplicate');
        else await publishOne(event);
    });
    await run.onProgress();
    if (state.stopped) break;
  }
  return { complete: !state.stopped, failure: state.failure };
}

/**
 * Parses the listed events, and returns those that the settings select. Counts the events that are invalid or not
 * selected.
 */
async function selectListedEvents(
  connector: Connector,
  listed: readonly unknown[],
  account: string | undefined,
  count: (status: ListedStatus) => void,
): Promise<StripeEvent[]> {
  const parsed = listed.flatMap((event) => {
    try {
      return [listedFor(parseEvent(event), account)];
    } catch (cause) {
      logRejected(connector, listedId(event), account, cause);
      count('refused');
      return [];
    }
  });
  const events = await Promise.all(parsed.map((event) => withOwnAccount(connector, event)));
  return events.filter((event) => {
    const ignored = ignoredAs(connector, event);
    if (ignored !== undefined) count(ignored);
    return ignored === undefined;
  });
}

/**
 * Returns the events that were published before, under their own id or as an event of the other family.
 *
 * Stripe lists a change as a snapshot and as a thin event, even if it delivered only one of them. Two such events
 * are twins. A thin event names its snapshot event, and `twins` lists the thin events of a snapshot event, so the inbox
 * is read by the ids of both, a hundred at once. Only events whose twin is not known need a query by change key.
 */
async function publishedBefore(
  { inbox, settings }: Connector,
  events: readonly StripeEvent[],
  twins: ListedRun['twins'],
): Promise<ReadonlySet<StripeEvent>> {
  const publishedOf = async (ids: readonly string[]): Promise<ReadonlySet<string>> =>
    new Set(ids.length === 0 ? [] : (await inbox.readAll([...new Set(ids)])).filter(wasPublished).map(({ id }) => id));
  const twinIds = events.flatMap((event) => snapshotTwinOf(event) ?? []);
  const published = await publishedOf([...events.map(({ id }) => id), ...twinIds]);
  const result = new Set(
    events.filter((event) => published.has(event.id) || published.has(snapshotTwinOf(event) ?? event.id)),
  );
  // An event about an object of API v2 has no twin.
  const left = events.filter((event) => !result.has(event) && familyOf(event) !== 'v2');
  const snapshots = left.filter((event) => familyOf(event) === 'snapshot');
  const thinOf = snapshots.length === 0 ? undefined : await twins();
  if (thinOf !== undefined) {
    const thinPublished = await publishedOf(snapshots.flatMap(thinOf));
    for (const snapshot of snapshots) if (thinOf(snapshot).some((id) => thinPublished.has(id))) result.add(snapshot);
  }
  // Events whose twin is not known by its id, because neither the list of thin events nor the event itself names the
  // twin.
  const unnamed = left.filter((event) =>
    familyOf(event) === 'snapshot' ? thinOf === undefined : snapshotTwinOf(event) === undefined,
  );
  const keyOf = (event: StripeEvent): string => changeKeyOf(event, settings.accountId);
  const keys = [...new Set(unnamed.map(keyOf))];
  const changes = keys.length === 0 ? [] : (await inbox.ofChanges(keys)).filter(wasPublished);
  for (const event of unnamed)
    if (changes.some(({ changekey, family }) => changekey === keyOf(event) && family !== familyOf(event)))
      result.add(event);
  return result;
}

/** Returns whether the event of an entry was published. */
function wasPublished({ publishedMs }: InboxEntry): boolean {
  return publishedMs > 0;
}

function logRejected({ log }: Connector, event: string | undefined, account: string | undefined, cause: unknown): void {
  log.write('ERROR', 'event rejected, not published', { event, account, cause: toConnectorError(cause).message });
}

/**
 * Combines groups into chunks. A chunk ends with the group that brings it to `size` items or more, so no group is
 * split.
 */
function chunksOf<T>(groups: readonly T[][], size: number): T[][][] {
  const chunks: T[][][] = [];
  let left = 0;
  for (const group of groups) {
    if (left <= 0) {
      chunks.push([]);
      left = size;
    }
    chunks.at(-1)?.push(group);
    left -= group.length;
  }
  return chunks;
}
