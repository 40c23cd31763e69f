import type { InboxEntry } from '../../event-inbox/store.ts';
import { isConnectorError, toConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import { eventAtStripe } from '../event-at-stripe.ts';
import { parseEvent } from '../event.ts';
import { publishEvent, type DeliveryStatus } from '../publish.ts';
import { entryIgnoredAs } from '../selection.ts';
import { CursorLease } from './cursor-lease.ts';
import { forEachParallel } from './parallel.ts';

/** Number of held entries that one query of the inbox returns. */
const ENTRIES_A_READ = 200;
/** Number of held events that are published at the same time. */
const PARALLEL_EVENTS = 8;

export interface HeldRun {
  /**
   * Returns the time (Unix seconds) from which the reconciliation reads an account's snapshot events. `publishHeld`
   * publishes the held ones from before it.
   */
  readonly listReadFromS: (account: string | undefined) => number;
  /** Monotonic milliseconds. */
  readonly untilMs: number;
}

/**
 * Publishes the held events that the reconciliation does not read from Stripe's list of snapshot events. These are the
 * events that their entries contain (`body`), such as thin events, and the snapshot events from before the period that
 * the reconciliation reads. It runs before the lists are read, so that a change is published in the family that Stripe
 * delivered, and not in both. Returns the number of published events.
 *
 * An event that the settings no longer select becomes ignored. An event that Stripe no longer has becomes failed. An
 * event whose publication fails with a transient error stays held for the next run. Only one run at a time publishes
 * held events, so that two runs do not publish the same ones.
 */
export async function publishHeld(connector: Connector, run: HeldRun): Promise<number> {
  const { inbox } = connector;
  const first = await inbox.query({ outcome: 'held' }, ENTRIES_A_READ);
  if (first.length === 0) return 0;
  const lease = await claimUnlessRunning(connector);
  if (lease === undefined) return 0;
  try {
    return await publishPages(connector, first, lease, run);
  } finally {
    await lease.release();
  }
}

/** Claims the held events. Returns undefined while another run publishes them. */
async function claimUnlessRunning(connector: Connector): Promise<CursorLease | undefined> {
  try {
    return await CursorLease.claim(connector, 'held', undefined);
  } catch (cause) {
    if (isConnectorError(cause) && cause.details.reason === 'RECONCILE_RUNNING') return undefined;
    throw cause;
  }
}

/** Publishes the held events page by page. Returns the number of published events. */
async function publishPages(
  connector: Connector,
  first: readonly InboxEntry[],
  lease: CursorLease,
  run: HeldRun,
): Promise<number> {
  const { inbox, clock, log } = connector;
  let published = 0;
  let isPaused = false;
  const isOver = (): boolean => isPaused || clock.monotonicMs() >= run.untilMs;
  const handle = async (entry: InboxEntry): Promise<void> => {
    if (isOver()) return;
    try {
      const status = await publishEntry(connector, entry, run);
      if (status === 'published') published += 1;
      isPaused ||= status === 'held';
    } catch (cause) {
      log.write('ERROR', 'held event not published', { event: entry.id, cause: toConnectorError(cause).message });
    }
    await lease.renewIfDue();
  };
  let entries = first;
  for (;;) {
    await forEachParallel(entries, PARALLEL_EVENTS, handle);
    if (entries.length < ENTRIES_A_READ || isOver()) return published;
    entries = await inbox.query({ outcome: 'held' }, ENTRIES_A_READ, entries.at(-1));
  }
}

/** Publishes the event of a held entry. Returns undefined if the reconciliation will find the event in Stripe's list. */
async function publishEntry(
  connector: Connector,
  entry: InboxEntry,
  { listReadFromS }: HeldRun,
): Promise<DeliveryStatus | undefined> {
  const { inbox, settings } = connector;
  const ignored = entryIgnoredAs(connector, entry);
  if (ignored !== undefined) {
    await inbox.write({ ...entry, outcome: ignored, body: undefined });
    return ignored;
  }
  if (entry.body !== undefined) return publishEvent(connector, parseEvent(JSON.parse(entry.body)), 'reconcile');
  const account = entry.account === '' ? settings.accountId : entry.account;
  if (entry.createdMs / 1000 >= listReadFromS(account)) return undefined;
  const event = await eventAtStripe(connector, entry).catch(async (cause: unknown) => {
    if (isConnectorError(cause) && cause.details.reason === 'EVENT_NOT_FOUND')
      await inbox.write({ ...entry, outcome: 'failed', reason: cause.details.reason });
    throw cause;
  });
  return publishEvent(connector, event, 'reconcile');
}
