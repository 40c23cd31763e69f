import type { Request, Response } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import { toConnectorError } from '../errors.ts';
import { RequestContext } from './request-context.ts';
import { onShutdown, rejectWhenDraining } from './preload/graceful-shutdown.ts';
import { yieldIfLarge } from './event-loop.ts';
import { sendError } from './send-error.ts';
import { runWithTrace } from './trace-context.ts';

/**
 * Creates an HTTP handler around `work`: it builds the connector, registers the shutdown, sets the log's trace and
 * converts any exception to an error response.
 *
 * `writes`: the idempotency key is assigned before any check, so that error responses include it.
 */
export function createHandler<C extends Connector>(
  connector: () => C,
  work: (built: C, context: RequestContext) => Promise<void>,
  writes = false,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const context = new RequestContext(request, response);
    try {
      const built = connector();
      onShutdown(built);
      context.identify(built, writes);
      rejectWhenDraining();
      await runWithTrace(built, request, async () => {
        await yieldIfLarge(request.rawBody?.length ?? 0);
        await work(built, context);
      });
    } catch (cause) {
      if (writes) context.identifyGiven();
      context.setResponseHeaders();
      await sendError(connector, response, toConnectorError(cause), context.writeKey());
    }
  };
}
