import type { Response } from '@google-cloud/functions-framework';
import { withEffect } from '../core/call.ts';
import type { Connector } from '../core/connector.ts';
import { errorBody, type ConnectorError } from '../errors.ts';
import { logCause } from './log-cause.ts';
import { sendJson } from './send-json.ts';
import { KEY_HEADER } from './service.ts';

/** The answer of an error: its body, and what stands in its head. */
export function refuse(
  connector: () => Connector,
  response: Response,
  error: ConnectorError,
  operationId: string | undefined,
): void {
  if (operationId !== undefined) {
    withEffect(error, { operationId }, 'none');
    response.setHeader(KEY_HEADER, error.operationId ?? operationId);
  }
  if (error.facts.retryAfterMs !== undefined)
    response.setHeader('Retry-After', String(Math.max(1, Math.ceil(error.facts.retryAfterMs / 1000))));
  if (error.facts.allow !== undefined) response.setHeader('Allow', error.facts.allow);
  if (error.status === 'INTERNAL') logCause(connector, error);
  const body = errorBody(error);
  sendJson(response, body.error['code'] as number, body);
}
