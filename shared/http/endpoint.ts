import type { IncomingHttpHeaders } from 'node:http';
import type { Request, Response } from '@google-cloud/functions-framework';
import type { OperationResult, Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';
import { rejectQuery } from './body/json-body.ts';
import type { OperationResponse } from './operation-handler.ts';
import { createHandler } from './handler.ts';

/** A Cloud Function, and how a manifest row narrows it to named entities or actions. */
export interface HttpFunction {
  (request: Request, response: Response): Promise<void>;
  restrictTo(names: readonly string[]): HttpFunction;
  /** As narrowed, but everything is served where the local server is open. */
  narrowedUnlessOpenTo(names: readonly string[]): HttpFunction;
}

/** Which entities or actions a function serves; undefined for all. */
interface Restriction {
  readonly names: readonly string[];
  readonly unlessOpen: boolean;
}

export function httpFunction(
  connector: () => Connector,
  operationResponse: OperationResponse,
  narrowing?: Restriction,
): HttpFunction {
  const handler = createHandler(
    connector,
    async (built, context) => {
      requireJson(context.request);
      rejectQuery(context.request);
      const whole = narrowing === undefined || (built.open && narrowing.unlessOpen);
      const names = whole ? undefined : narrowing.names;
      const answered = await context.call(built, operationResponse, context.body(), names);
      context.setResponseHeaders();
      sendResult(context.response, answered, context.operationId);
    },
    operationResponse.mutates,
  );
  return Object.assign(handler, {
    restrictTo: (names: readonly string[]) => httpFunction(connector, operationResponse, { names, unlessOpen: false }),
    narrowedUnlessOpenTo: (names: readonly string[]) =>
      httpFunction(connector, operationResponse, { names, unlessOpen: true }),
  });
}

/** A POST of JSON. */
export function requireJson(request: Request): void {
  requirePost(request);
  checkJsonType(request);
}

/** Whether a request carries a body. https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
export function carriesBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** What has no content type the framework leaves unread; a form it reads with fewer checks than JSON has. */
export function checkJsonType(request: Request): void {
  if (!request.is('application/json')) {
    throw new ConnectorError('INVALID_ARGUMENT', 'the content type must be application/json', {
      reason: 'CONTENT_TYPE',
      http: 415,
    });
  }
}

export function requirePost(request: Request): void {
  if (request.method !== 'POST') throw methodNotAllowed(request.method, 'POST', 'POST a JSON body');
}

export function methodNotAllowed(method: string, allow: string, instead: string): ConnectorError {
  return new ConnectorError('INVALID_ARGUMENT', `${method} is not taken; ${instead}`, {
    reason: 'METHOD_NOT_ALLOWED',
    http: 405,
    allow,
  });
}

/** 200 or 207, with the key and the effect of a write. */
export function sendResult(
  response: Response,
  { status, body, effect }: OperationResult,
  operationId: string | undefined,
): void {
  response.status(status).json(operationId === undefined ? body : { ...body, operationId, effect });
}
