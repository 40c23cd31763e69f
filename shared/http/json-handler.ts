import type { Request } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import { createHandler } from './handler.ts';

/** An HTTP function that is no operation of its caller's: answers 200 with what the work gives, or the error that it throws. */
export function createJsonHandler(
  connector: () => Connector,
  work: (built: Connector, request: Request) => Promise<unknown>,
) {
  return createHandler(connector, async (built, { request, response }) => {
    response.status(200).json(await work(built, request));
  });
}
