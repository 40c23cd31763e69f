import type { Connector } from '../../operations/connector.ts';
import { lazy } from '../../memoize.ts';
import { CursorLease, cursorPosition } from './cursor-lease.ts';
import { eventsOf, type ListName, type Period } from './event-list.ts';
import { reportGap, selectsEventsOf } from './gap.ts';
import { publishListed, type ListedCounts } from './publish-listed.ts';
import { thinTwins } from './thin-twins.ts';

const HOUR_S = 3600;
/** How long Stripe lists events. https://docs.stripe.com/api/events */
const LISTED_S = 30 * 24 * HOUR_S;
/** How far the first run looks back. */
const FIRST_LOOKBACK_S = HOUR_S;
/** Overlap with the last successful run, because Stripe may list an event late. */
export const OVERLAP_S = 600;
/** Events younger than this are left to the webhook. */
const FRESH_S = 60;
/** Length of a window: minimum, usual, maximum. It grows while there are no events, and shrinks if there are too many. */
const [MIN_WINDOW_S, USUAL_WINDOW_S, MAX_WINDOW_S] = [1, HOUR_S, 24 * HOUR_S];
/** Maximum number of events of a window, because they are kept in memory. */
const MAX_WINDOW_EVENTS = 5000;
/** A window with too many events is divided by this factor. */
const SHRINK = 4;

/** The summary of a run for one list of one account. Times are Unix seconds. */
export interface ReconcileSummary {
  readonly list: ListName;
  readonly account: string | null;
  readonly counts: Readonly<ListedCounts>;
  readonly throughS: number;
  /**
   * False if events remain: the time was up, publishing is paused, or events failed. The next run continues from
   * `throughS`.
   */
  readonly complete: boolean;
  /** A period whose events Stripe does not list any more. Only one run reports the period. */
  readonly gap?: Period | undefined;
}

export interface ReconcileResult {
  readonly summary: ReconcileSummary;
  /** How far the list was read. Later than `throughS` if an event failed. */
  readonly readS: number;
  /** The error of the first event that failed. */
  readonly failure: unknown;
}

/**
 * Publishes the events that no webhook delivered. It reads them from one list of an account, from the cursor to a
 * minute ago (`FRESH_S`).
 *
 * It reads windows of time, oldest first, and advances the cursor after it has published all events of a window. If a
 * run stops within a window, the next run reads the window again and skips the published events. If an event fails, the
 * later events are still published, but the cursor does not advance any more.
 */
export async function reconcile(
  connector: Connector,
  account: string | undefined,
  untilMs: number,
  list: ListName = 'v1',
  endS = Infinity,
): Promise<ReconcileResult> {
  const lease = await CursorLease.claim(connector, list, account);
  try {
    return await reconcileWindows(connector, lease, { account, untilMs, list, endS });
  } finally {
    await lease.release();
  }
}

interface WindowsRun {
  readonly account: string | undefined;
  /** Monotonic milliseconds. */
  readonly untilMs: number;
  readonly list: ListName;
  /** The list is read up to this time, in Unix seconds. */
  readonly endS: number;
}

/** Publishes the events of a list window by window, and advances the cursor of the lease. */
async function reconcileWindows(
  connector: Connector,
  lease: CursorLease,
  { account, untilMs, list, endS }: WindowsRun,
): Promise<ReconcileResult> {
  const { clock } = connector;
  const nowS = Math.floor(clock.epochMs() / 1000);
  const counts: ListedCounts = {};
  const oldestS = lease.claimedS - LISTED_S;
  const lastS = lease.position ?? (await moveToFirst(connector, account, lease));
  // The cursor is at `throughS`. The next window begins at `fromS`, which is later if an event failed.
  let throughS = Math.max(lastS, oldestS);
  const isGap = lastS < oldestS && selectsEventsOf(connector, list);
  let gap: Period | undefined;
  const lastEndS = Math.min(nowS - FRESH_S, endS);
  let failure: unknown;
  let windowS = USUAL_WINDOW_S;
  let fromS = Math.max(oldestS, throughS - OVERLAP_S);
  while (fromS < lastEndS && clock.monotonicMs() < untilMs) {
    const toS = Math.min(lastEndS, fromS + windowS);
    const maxEvents = toS - fromS > MIN_WINDOW_S ? MAX_WINDOW_EVENTS : Infinity;
    const window = { fromS, toS };
    const events = await eventsOf(connector, list, account, window, { untilMs, maxEvents });
    if (events === 'time up') break;
    if (isGap && gap === undefined) {
      // The gap is reported after the first successful read, because a list that cannot be read has its own error. The
      // cursor moves past the gap, so that no other run reports it.
      gap = { fromS: lastS, toS: oldestS };
      await reportGap(connector, list, account, gap);
      await lease.moveTo(oldestS);
    }
    if (events === 'too many') {
      windowS = Math.max(MIN_WINDOW_S, Math.floor((toS - fromS) / SHRINK));
      await lease.renewIfDue();
      continue;
    }
    const { complete, failure: failed } = await publishListed(connector, events, {
      account,
      untilMs,
      counts,
      twins: lazy(() => thinTwins(connector, account, window, untilMs)),
      onProgress: () => lease.renewIfDue(),
    });
    failure ??= failed;
    if (!complete) break;
    if (failure === undefined) await lease.moveTo((throughS = Math.max(throughS, toS)));
    windowS = nextWindowS(windowS, events.length);
    fromS = toS;
  }
  const complete = failure === undefined && fromS >= lastEndS;
  return {
    summary: { list, account: account ?? null, counts, throughS, complete, gap },
    readS: Math.max(throughS, fromS),
    failure,
  };
}

/** Returns the length of the next window. `events` is the number of events in the last window. */
function nextWindowS(windowS: number, events: number): number {
  if (events === 0) return Math.min(MAX_WINDOW_S, windowS * 2);
  if (windowS > USUAL_WINDOW_S) return USUAL_WINDOW_S;
  return events < MAX_WINDOW_EVENTS / SHRINK ? Math.min(USUAL_WINDOW_S, windowS * 2) : windowS;
}

/** Stores the position at which the first run of a list begins, if no position is stored. */
export async function beginCursor(connector: Connector, list: ListName, account: string | undefined): Promise<void> {
  if ((await cursorPosition(connector, list, account)) > 0) return;
  const lease = await CursorLease.claim(connector, list, account);
  try {
    if (lease.position === undefined) await moveToFirst(connector, account, lease);
  } finally {
    await lease.release();
  }
}

/**
 * Moves the cursor to the position where the first run begins, and returns the position. The position is stored before
 * the run, so that a failed first run misses nothing.
 *
 * The first run begins an hour ago. If events of the account were held, it begins an hour before the pause. Without
 * held events the pause is ignored, because the account may be newer than the pause.
 */
async function moveToFirst(
  { inbox, settings }: Connector,
  account: string | undefined,
  lease: CursorLease,
): Promise<number> {
  const nowS = lease.claimedS;
  const held = await inbox.query({ account: account ?? settings.accountId ?? '', outcome: 'held' }, 1);
  const { pausedMs } = await inbox.publishing();
  const sinceS = held.length === 0 || pausedMs === 0 ? nowS : Math.min(nowS, Math.floor(pausedMs / 1000));
  const firstS = Math.max(nowS - LISTED_S, sinceS - FIRST_LOOKBACK_S);
  await lease.moveTo(firstS);
  return firstS;
}
