import type { Request } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import { createHandler } from './handler.ts';

/** Creates an HTTP function that is not an operation. It sends the result of `work` with status 200, or its error. */
export function createJsonHandler(
  connector: () => Connector,
  work: (current: Connector, request: Request) => Promise<unknown>,
) {
  return createHandler(connector, async (current, { request, response }) => {
    response.status(200).json(await work(current, request));
  });
}
