import type { Response } from '@google-cloud/functions-framework';
import { annotateError } from '../stripe/call-context.ts';
import type { Connector } from '../operations/connector.ts';
import { errorBody, retryAfterMsOf, type ConnectorError } from '../errors.ts';
import { priorEffect, type WriteKey } from './prior-effect.ts';
import { logCause } from './log-cause.ts';
import { KEY_HEADER } from './operation-handler.ts';

/** The answer of an error: its body, and what stands in its head. `connector` throws where its settings are wrong. */
export async function sendError(
  connector: () => Connector,
  response: Response,
  refused: ConnectorError,
  key: WriteKey | undefined,
): Promise<void> {
  let error = refused;
  if (key !== undefined) {
    error = annotateError(refused, key, await priorEffect(builtOrUndefined(connector), refused, key));
    response.setHeader(KEY_HEADER, key.operationId);
  }
  const waitMs = retryAfterMsOf(error);
  if (waitMs !== undefined) response.setHeader('Retry-After', String(Math.max(1, Math.ceil(waitMs / 1000))));
  if (error.details.allow !== undefined) response.setHeader('Allow', error.details.allow);
  if (error.status === 'INTERNAL') logCause(connector, error);
  const body = errorBody(error);
  response.status(body.error['code'] as number).json(body);
}

function builtOrUndefined(connector: () => Connector): Connector | undefined {
  try {
    return connector();
  } catch {
    // The error that is answered says why.
    return undefined;
  }
}
