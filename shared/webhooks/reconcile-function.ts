import type { Connector } from '../operations/connector.ts';
import { createJsonHandler } from '../http/json-handler.ts';
import { requirePost } from '../http/endpoint.ts';
import { toConnectorError } from '../errors.ts';
import { LISTS, type ListName } from './event-list.ts';
import { reconcile, type ReconcileSummary } from './reconcile.ts';

/** Length of a run, below the function's timeout. The next run continues where this one stopped. */
const RUN_MS = 240_000;

/** A list that could not be read to the end. */
interface Failed {
  readonly list: ListName;
  readonly account: string | null;
  readonly error: string;
}

export interface ReconcileReport {
  /** True if nothing was read because publishing is paused. */
  readonly paused: boolean;
  readonly accounts: readonly (ReconcileSummary | Failed)[];
}

/**
 * Creates the function that a scheduler calls. It handles events of the connection's account and of `allowed_accounts`.
 */
export function reconcileEventsFunction(connector: () => Connector) {
  return createJsonHandler(connector, (built, request) => {
    requirePost(request);
    return reconcileAll(built);
  });
}

/**
 * Reconciles both lists of every account. An account that cannot be read (one that disconnected) does not stop the
 * others: they are read first, then the first error is thrown, so that the run counts as failed.
 */
export async function reconcileAll(connector: Connector, runMs = RUN_MS): Promise<ReconcileReport> {
  const { settings, clock, log, inbox } = connector;
  if ((await inbox.publishing()).paused) {
    log.write('INFO', 'publishing of events is paused, nothing reconciled', {});
    return { paused: true, accounts: [] };
  }
  const untilMs = clock.monotonicMs() + runMs;
  const accounts: (ReconcileSummary | Failed)[] = [];
  let failure: unknown;
  for (const account of new Set([settings.accountId, ...settings.allowedAccounts])) {
    let throughS: number | undefined;
    for (const list of LISTS) {
      try {
        // A thin event is only recognised as known once the snapshots of its time are read.
        const summary = await reconcile(connector, account, untilMs, list, throughS);
        throughS = summary.throughS;
        accounts.push(summary);
      } catch (cause) {
        const error = toConnectorError(cause);
        if (list === 'v2' && (error.status === 'PERMISSION_DENIED' || error.status === 'NOT_FOUND')) {
          log.write('WARNING', "the key may not read API v2's events, they are not reconciled", { account });
        } else {
          failure ??= cause;
          log.write('ERROR', 'events of an account not reconciled', { account, list, cause: error.message });
        }
        accounts.push({ list, account: account ?? null, error: error.message });
        break;
      }
    }
  }
  if (failure !== undefined) throw failure;
  log.write('INFO', "Stripe's events are reconciled", { accounts });
  return { paused: false, accounts };
}
