import type { Connector } from '../../operations/connector.ts';
import { createJsonHandler } from '../../http/json-handler.ts';
import { requirePost } from '../../http/endpoint.ts';
import { ConnectorError, toConnectorError } from '../../errors.ts';
import { isStoreUnavailable } from '../../ports/store-errors.ts';
import { cursorPosition } from './cursor-lease.ts';
import { LISTS, type ListName, type Period } from './event-list.ts';
import { reportUnreadable } from './gap.ts';
import { forEachParallel } from './parallel.ts';
import { publishHeld } from './publish-held.ts';
import { beginCursor, OVERLAP_S, reconcile, type ReconcileSummary } from './reconcile-list.ts';

/** Maximum duration of a run, below the function's timeout. The next run continues where this run stopped. */
const RUN_MS = 240_000;
/** Number of accounts that are read at the same time. */
const PARALLEL_ACCOUNTS = 4;

/** A list that could not be read to the end. */
interface FailedList {
  readonly list: ListName;
  readonly account: string | null;
  readonly error: string;
  /** The period whose events the API key may not read. */
  readonly gap?: Period | undefined;
}

export interface ReconcileReport {
  /** True if nothing was read because publishing is paused. */
  readonly paused: boolean;
  readonly accounts: readonly (ReconcileSummary | FailedList)[];
}

/**
 * Creates the function that a scheduler calls. It handles events of the connection's account and of `allowed_accounts`.
 */
export function reconcileEventsFunction(connector: () => Connector) {
  return createJsonHandler(connector, async (built, request) => {
    requirePost(request);
    return reconcileAll(built).catch((cause: unknown) => Promise.reject(toRunError(cause)));
  });
}

/**
 * Converts an error of a run. If the store does not respond, the error is UNAVAILABLE, because the next run continues.
 */
function toRunError(cause: unknown): ConnectorError {
  if (!isStoreUnavailable(cause)) return toConnectorError(cause);
  return new ConnectorError('UNAVAILABLE', 'the event inbox could not be read or written; the next run continues', {
    reason: 'OPERATIONS_UNAVAILABLE',
    retryAfterMs: 1000,
    cause,
  });
}

/**
 * Reconciles both lists of every account, a few accounts at a time, beginning with the oldest cursor. An account that
 * cannot be read, for example because it has disconnected, does not stop the others. After all accounts the first error
 * is thrown, so that the run counts as failed.
 */
export async function reconcileAll(connector: Connector, runMs = RUN_MS): Promise<ReconcileReport> {
  const { settings, clock, log, inbox } = connector;
  const served = [...new Set([settings.accountId, ...settings.allowedAccounts])];
  if ((await inbox.publishing()).paused) {
    // The cursor is stored now, so that the first run after the pause also reads the events of the pause, even for a new
    // account.
    for (const account of served) for (const list of LISTS) await beginCursor(connector, list, account);
    log.write('INFO', 'publishing of events is paused, nothing reconciled', {});
    return { paused: true, accounts: [] };
  }
  const untilMs = clock.monotonicMs() + runMs;
  const positions = await Promise.all(
    served.map(async (account) => ({ account, positionS: await cursorPosition(connector, 'v1', account) })),
  );
  const held = await publishHeld(connector, {
    listReadFromS: (account) => (positions.find((cursor) => cursor.account === account)?.positionS ?? 0) - OVERLAP_S,
    // Half of the time remains for the lists.
    untilMs: clock.monotonicMs() + runMs / 2,
  });
  const oldestFirst = positions.sort((a, b) => a.positionS - b.positionS);
  const summaries = new Map<string | undefined, (ReconcileSummary | FailedList)[]>();
  const failures: unknown[] = [];
  await forEachParallel(oldestFirst, PARALLEL_ACCOUNTS, async ({ account }) => {
    const { lists, failure } = await reconcileAccount(connector, account, untilMs);
    summaries.set(account, lists);
    if (failure !== undefined) failures.push(failure);
  });
  if (failures.length > 0) throw failures[0];
  const accounts = served.flatMap((account) => summaries.get(account) ?? []);
  log.write('INFO', "Stripe's events are reconciled", { accounts, held });
  return { paused: false, accounts };
}

/** Reconciles the v1 and v2 event lists of an account. */
async function reconcileAccount(
  connector: Connector,
  account: string | undefined,
  untilMs: number,
): Promise<{ readonly lists: (ReconcileSummary | FailedList)[]; readonly failure: unknown }> {
  const { log } = connector;
  const lists: (ReconcileSummary | FailedList)[] = [];
  let failure: unknown;
  const failed = (list: ListName, cause: unknown): string => {
    const { message } = toRunError(cause);
    failure ??= cause;
    log.write('ERROR', 'events of an account not reconciled', { account, list, cause: message });
    return message;
  };
  let readS: number | undefined;
  for (const list of LISTS) {
    try {
      // The thin events are read only up to the time to which the snapshot events were read. A later thin event could be
      // published twice, because its snapshot event has not been read yet.
      const result = await reconcile(connector, account, untilMs, list, readS);
      readS = result.readS;
      lists.push(result.summary);
      if (result.failure !== undefined) failed(list, result.failure);
    } catch (cause) {
      const error = toConnectorError(cause);
      const isUnreadable = list === 'v2' && (error.status === 'PERMISSION_DENIED' || error.status === 'NOT_FOUND');
      const gap = isUnreadable ? await reportUnreadable(connector, account) : undefined;
      if (!isUnreadable) failed(list, cause);
      lists.push({ list, account: account ?? null, error: error.message, gap });
      break;
    }
  }
  return { lists, failure };
}
