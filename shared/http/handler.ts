import type { Request, Response } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import { toConnectorError } from '../errors.ts';
import { RequestContext } from './request-context.ts';
import { onShutdown, rejectWhenDraining } from './preload/graceful-shutdown.ts';
import { yieldIfLarge } from './event-loop.ts';
import { sendError } from './send-error.ts';
import { runWithTrace } from './trace-context.ts';

/**
 * Creates an HTTP handler that runs `work`. It builds the connector, registers the shutdown, sets the log's trace and
 * converts any exception to an error response.
 *
 * @param writes true to assign the idempotency key before any check, so that error responses include it
 */
export function createHandler<C extends Connector>(
  connector: () => C,
  work: (current: C, context: RequestContext) => Promise<void>,
  writes = false,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const context = new RequestContext(request, response);
    try {
      const current = connector();
      onShutdown(current);
      context.assignOperationId(current, writes);
      rejectWhenDraining();
      await runWithTrace(current, request, async () => {
        await yieldIfLarge(request.rawBody?.length ?? 0);
        await work(current, context);
      });
    } catch (cause) {
      if (writes) context.useCallerKey();
      context.setResponseHeaders();
      await sendError(connector, response, toConnectorError(cause), context.writeKey());
    }
  };
}
