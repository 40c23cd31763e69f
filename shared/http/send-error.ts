import type { Response } from '@google-cloud/functions-framework';
import { annotateError } from '../stripe/call-context.ts';
import type { Connector } from '../operations/connector.ts';
import { errorBody, retryAfterMsOf, type ConnectorError } from '../errors.ts';
import { priorEffect, type WriteKey } from './prior-effect.ts';
import { logFailure } from './log-cause.ts';
import { KEY_HEADER } from './body/call-options.ts';

/** Sends an error response: its body and its headers. `connector` throws if the settings are invalid. */
export async function sendError(
  connector: () => Connector,
  response: Response,
  rejection: ConnectorError,
  key: WriteKey | undefined,
): Promise<void> {
  let error = rejection;
  if (key !== undefined) {
    error = annotateError(rejection, key, await priorEffect(connectorIfValid(connector), rejection, key));
    response.setHeader(KEY_HEADER, key.operationId);
  }
  const waitMs = retryAfterMsOf(error);
  if (waitMs !== undefined) response.setHeader('Retry-After', String(Math.max(1, Math.ceil(waitMs / 1000))));
  if (error.details.allow !== undefined) response.setHeader('Allow', error.details.allow);
  logFailure(connector, error);
  const body = errorBody(error);
  response.status(body.error['code'] as number).json(body);
}

function connectorIfValid(connector: () => Connector): Connector | undefined {
  try {
    return connector();
  } catch {
    // The response already reports the invalid settings.
    return undefined;
  }
}
