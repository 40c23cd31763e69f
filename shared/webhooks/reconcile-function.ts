import type { Connector } from '../operations/connector.ts';
import { createJsonHandler } from '../http/json-handler.ts';
import { requirePost } from '../http/endpoint.ts';
import { reconcile, type ReconcileSummary } from './reconcile.ts';

/** Milliseconds of a run: below the function's timeout. The next one goes on where this one stopped. */
const RUN_MS = 240_000;

/** What a scheduler calls: the events of the connection's own account, and of those that a call may name. */
export function reconcileEventsFunction(connector: () => Connector) {
  return createJsonHandler(connector, async (built, request) => {
    requirePost(request);
    const { settings, clock, log } = built;
    const untilMs = clock.monotonicMs() + RUN_MS;
    const accounts: ReconcileSummary[] = [];
    for (const account of new Set([settings.accountId, ...settings.allowedAccounts]))
      accounts.push(await reconcile(built, account, untilMs));
    log.write('INFO', "Stripe's events are reconciled", { accounts });
    return { accounts };
  });
}
