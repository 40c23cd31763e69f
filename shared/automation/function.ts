import type { Request, Response } from '@google-cloud/functions-framework';
import type { FunctionRow } from '../catalog/function-rows.ts';
import type { Connector } from '../operations/connector.ts';
import { toConnectorError } from '../errors.ts';
import { exitDomain } from '../http/preload/framework-domain.ts';
import { onShutdown, rejectWhenDraining } from '../http/preload/graceful-shutdown.ts';
import { parseJsonBody } from '../http/body/json-body.ts';
import { requirePost } from '../http/endpoint.ts';
import { sendError } from '../http/send-error.ts';
import { runWithTrace } from '../http/trace-context.ts';
import { yieldIfLarge } from '../http/event-loop.ts';
import { handleMessage, type MessageResult, type OutcomeLine } from './handle-message.ts';
import { parsePushRequest, type PubsubMessage } from './push-message.ts';

/**
 * Creates the function that executes Pub/Sub messages. Called over HTTP, by a push subscription or by Eventarc, it
 * acknowledges a message with status 200. Called as a CloudEvent function, it acknowledges by returning. `functions`
 * are the entries of the manifest, which messages may name.
 */
export function automationFunction(connector: () => Connector, functions: readonly FunctionRow[]) {
  return async (...args: readonly unknown[]): Promise<void> => {
    exitDomain();
    const [input, second] = args;
    if (isResponse(second)) return handleHttp(connector, functions, input as Request, second);
    const { lines, retry } = await handleDelivery(connector(), functions, () => parsePushRequest(input));
    if (retry !== undefined) throw retry;
    logOutcomes(connector(), lines);
  };
}

async function handleHttp(
  connector: () => Connector,
  functions: readonly FunctionRow[],
  request: Request,
  response: Response,
): Promise<void> {
  try {
    requirePost(request);
    const built = connector();
    const { results, retry } = await runWithTrace(built, request, async () => {
      await yieldIfLarge(request.rawBody?.length ?? 0);
      const result = await handleDelivery(built, functions, () =>
        parsePushRequest(parseJsonBody(request), { header: (name) => request.get(name) }),
      );
      logOutcomes(built, result.lines);
      return result;
    });
    if (retry === undefined) response.status(200).json({ results });
    else await sendError(connector, response, retry, undefined);
  } catch (cause) {
    await sendError(connector, response, toConnectorError(cause), undefined);
  }
}

/** Parses and handles a delivery. A delivery that is not a Pub/Sub message is logged and is not acknowledged. */
function handleDelivery(
  connector: Connector,
  functions: readonly FunctionRow[],
  parse: () => PubsubMessage,
): Promise<MessageResult> {
  onShutdown(connector);
  rejectWhenDraining();
  try {
    return handleMessage(connector, parse(), functions);
  } catch (error) {
    connector.log.write('ERROR', 'invalid pubsub delivery', { cause: toConnectorError(error).message });
    throw error;
  }
}

function logOutcomes({ log }: Connector, lines: readonly OutcomeLine[]): void {
  for (const { severity, ...details } of lines) log.write(severity, 'pubsub message processed', details);
}

function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'function';
}
