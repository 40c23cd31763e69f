import type { Connector } from '../operations/connector.ts';
import { createJsonHandler } from '../http/json-handler.ts';
import { requirePost } from '../http/endpoint.ts';
import { reconcile, type ReconcileSummary } from './reconcile.ts';

/** Length of a run, below the function's timeout. The next run continues where this one stopped. */
const RUN_MS = 240_000;

/**
 * Creates the function that a scheduler calls. It handles events of the connection's account and of `allowed_accounts`.
 */
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
