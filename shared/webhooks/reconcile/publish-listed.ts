import type { InboxEntry } from '../../event-inbox/store.ts';
import { toConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import { listedId } from '../../stripe/paginate.ts';
import { EVENT_ID, parseEvent, type StripeEvent } from '../event.ts';
import { changeKeyOf, familyOf } from '../family.ts';
import { ignoredAs, publishEvent, type DeliveryStatus } from '../publish.ts';
import { groupsByObject } from './grouped.ts';
import { forEachParallel } from './parallel.ts';

export type ListedStatus = DeliveryStatus | 'refused' | 'failed';
export type ListedCounts = Partial<Record<ListedStatus, number>>;

/** How many events are looked up in the inbox at once. */
const CHUNK = 300;
/** Objects whose events are published at the same time. */
const PARALLEL_OBJECTS = 8;
/** So many failures of a run are a fault of the topic or of Stripe, not of one event. */
const MAX_FAILURES = 20;

export interface ListedRun {
  readonly account: string | undefined;
  /** Monotonic milliseconds. */
  readonly untilMs: number;
  readonly counts: ListedCounts;
  /** Called after each event. */
  readonly onProgress: () => Promise<void>;
}

export interface ListedResult {
  /** False if events are left: publishing is paused, the time is up, or too many events failed. */
  readonly complete: boolean;
  /** The error of the first event that failed. */
  readonly failure: unknown;
}

/**
 * Publishes those of the listed events that were not published before. The events of one object are published one after
 * another, in the order of the list. An event that fails does not stop the others.
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
      if (isRejected(cause)) {
        logRejected(connector, event.id, account, cause);
        count('refused');
      } else {
        state.failure ??= cause;
        count('failed');
      }
    }
    await run.onProgress();
  };
  const events = listed.flatMap((event) => {
    try {
      const parsed = { ...parseEvent(event), ...(account === undefined ? {} : { account }) };
      const ignored = ignoredAs(connector, parsed);
      if (ignored === undefined) return [parsed];
      count(ignored);
    } catch (cause) {
      logRejected(connector, listedId(event), account, cause);
      count('refused');
    }
    return [];
  });
  const groups = groupsByObject(events);
  for (const chunk of chunksOf(groups, CHUNK)) {
    const known = await publishedBefore(connector, chunk.flat());
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
 * Returns the events that were published, by their own id or as an event of the other family. Stripe lists a change as a
 * snapshot and as a thin event, whichever of them it delivers. A few requests to the store for all.
 */
async function publishedBefore(
  { inbox, settings }: Connector,
  events: readonly StripeEvent[],
): Promise<ReadonlySet<StripeEvent>> {
  const twins = events.flatMap((event) => twinOf(event) ?? []);
  const published = new Set(
    (await inbox.readAll([...new Set([...events.map(({ id }) => id), ...twins])]))
      .filter(isPublished)
      .map(({ id }) => id),
  );
  const left = events.filter((event) => !published.has(event.id));
  const keyed = left.filter((event) => familyOf(event) !== 'v2' && twinOf(event) === undefined);
  const keyOf = (event: StripeEvent): string => changeKeyOf(event, settings.accountId);
  const changes = (await inbox.ofChanges([...new Set(keyed.map(keyOf))])).filter(isPublished);
  const cameInAnotherFamily = (event: StripeEvent): boolean => {
    const twin = twinOf(event);
    if (twin !== undefined) return published.has(twin);
    const [key, family] = [keyOf(event), familyOf(event)];
    return family !== 'v2' && changes.some((entry) => entry.changekey === key && entry.family !== family);
  };
  return new Set(events.filter((event) => published.has(event.id) || cameInAnotherFamily(event)));
}

/** The snapshot event of the same change, which a thin event names. */
function twinOf({ snapshot_event: twin, ...event }: StripeEvent): string | undefined {
  return familyOf(event) === 'thin' && typeof twin === 'string' && EVENT_ID.test(twin) ? twin : undefined;
}

function isPublished({ publishedMs }: InboxEntry): boolean {
  return publishedMs > 0;
}

/** An event that cannot be parsed, or that Pub/Sub rejects, would fail again in every run. */
function isRejected(cause: unknown): boolean {
  const { reason } = toConnectorError(cause).details;
  return reason === 'NOT_AN_EVENT' || reason === 'MESSAGE_REFUSED';
}

function logRejected({ log }: Connector, event: string | undefined, account: string | undefined, cause: unknown): void {
  log.write('ERROR', 'event rejected, not published', { event, account, cause: toConnectorError(cause).message });
}

/** Puts whole groups together, up to about `size` items. */
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
