import type { Request, Response } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import { unforeseen } from '../errors.ts';
import { Caller } from './request-context.ts';
import { atEnd, refuseWhileDraining } from './preload/graceful-shutdown.ts';
import { betweenWalks } from './event-loop.ts';
import { refuse } from './send-error.ts';
import { inRequest } from './trace-context.ts';

/**
 * What every HTTP function does around its work: the connector, the end of the instance, the request's trace, and one
 * answer for whatever is thrown. `writes`: its key is known before anything is refused, so that errors name it too.
 */
export function serving<C extends Connector>(
  connector: () => C,
  work: (built: C, caller: Caller) => Promise<void>,
  writes = false,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const caller = new Caller(request, response);
    try {
      const built = connector();
      atEnd(built);
      caller.identify(built, writes);
      refuseWhileDraining();
      await inRequest(built, request, async () => {
        await betweenWalks(request.rawBody?.length ?? 0);
        await work(built, caller);
      });
    } catch (cause) {
      if (writes) caller.identifyGiven();
      caller.tell();
      await refuse(connector, response, unforeseen(cause), caller.writeKey());
    }
  };
}
