import type { Request, Response } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import { toConnectorError } from '../errors.ts';
import { SUMMARY_LINE } from '../ports/log.ts';
import { RequestContext } from './request-context.ts';
import { onShutdown, rejectWhenDraining } from './preload/graceful-shutdown.ts';
import { yieldIfLarge } from './event-loop.ts';
import { sendError } from './send-error.ts';
import { runWithTrace } from './trace-context.ts';

/**
 * Creates an HTTP handler that runs `work`. It builds the connector, registers its shutdown hook, sets the log's trace
 * and converts any exception to an error response.
 *
 * @param writes true for writes: the operationId is assigned before any check, so that every error response includes it
 */
export function createHandler<C extends Connector>(
  connector: () => C,
  work: (current: C, context: RequestContext) => Promise<void>,
  writes = false,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const context = new RequestContext(request, response);
    let recordDuration = (): void => undefined;
    try {
      const current = connector();
      recordDuration = countCall(current);
      onShutdown(current);
      context.assignOperationId(current, writes);
      rejectWhenDraining();
      await runWithTrace(current, request, async () => {
        await yieldIfLarge(request.rawBody?.length ?? 0);
        await work(current, context);
      });
    } catch (cause) {
      // If the connector could not be built, the caller's operationId was not read yet.
      if (writes) context.useCallerKey();
      context.setResponseHeaders();
      await sendError(connector, response, toConnectorError(cause), context.writeKey());
    }
    recordDuration();
  };
}

/**
 * Starts to measure a call. The returned function ends the measurement: it adds the call to the summary, and logs the
 * summary at most once a minute.
 */
function countCall({ clock, log, recentRequests: { summary } }: Connector): () => void {
  const startedMs = clock.monotonicMs();
  return () => {
    const nowMs = clock.monotonicMs();
    summary.addCall(nowMs, nowMs - startedMs);
    const fields = summary.take(nowMs);
    if (fields !== undefined) log.write('INFO', SUMMARY_LINE, fields);
  };
}
