import type { Request, Response } from '@google-cloud/functions-framework';
import type { Connector } from '../../core/connector.ts';
import { unforeseen } from '../../errors.ts';
import { atEnd, refuseWhileDraining } from '../drain.ts';
import { checkPost, refuse } from '../http.ts';
import { inRequest } from '../trace.ts';
import { reconcile, type Reconciled } from './reconcile.ts';

/** Milliseconds of a run: below the function's timeout. The next one goes on where this one stopped. */
const RUN_MS = 240_000;

/** What a scheduler calls: the events of the connection's own account, and of those that a call may name. */
export function reconcileEventsFunction(connector: () => Connector) {
  return async (request: Request, response: Response): Promise<void> => {
    try {
      const built = connector();
      const { settings, clock, log } = built;
      atEnd(built.end);
      refuseWhileDraining();
      checkPost(request);
      const untilMs = clock.monotonicMs() + RUN_MS;
      const accounts = await inRequest(built, request, async () => {
        const done: Reconciled[] = [];
        for (const account of new Set([settings.accountId, ...settings.allowedAccounts]))
          done.push(await reconcile(built, account, untilMs));
        log.write('INFO', "Stripe's events are reconciled", { accounts: done });
        return done;
      });
      response.status(200).json({ accounts });
    } catch (cause) {
      refuse(connector, response, unforeseen(cause), undefined);
    }
  };
}
