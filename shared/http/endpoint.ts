import type { IncomingHttpHeaders } from 'node:http';
import type { Request, Response } from '@google-cloud/functions-framework';
import type { FunctionInputs } from '../catalog/function-rows.ts';
import type { OperationResult, Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';
import { rejectQuery } from './body/json-body.ts';
import { limitInputs, type PreparableOperation } from './operation-handler.ts';
import { createHandler } from './handler.ts';

/** A Cloud Function that a manifest entry can restrict to named entities or actions, and to some of their inputs. */
export interface HttpFunction {
  (request: Request, response: Response): Promise<void>;
  /** Returns the function restricted to the names, and to the inputs if they are set. */
  restrictTo(names: readonly string[], inputs?: FunctionInputs): HttpFunction;
  /** Returns the function restricted to the names when deployed. On an open local server it stays unrestricted. */
  restrictUnlessOpen(names: readonly string[]): HttpFunction;
}

/** The entities or actions that a function exposes. */
interface Restriction {
  readonly names: readonly string[];
  readonly unlessOpen: boolean;
}

/**
 * Creates the HTTP function of an operation. It checks method, content type and query, runs the operation and sends the
 * result.
 */
export function httpFunction(
  connector: () => Connector,
  operation: PreparableOperation,
  restriction?: Restriction,
): HttpFunction {
  const handler = createHandler(
    connector,
    async (current, context) => {
      requireJson(context.request);
      rejectQuery(context.request);
      const isUnrestricted = restriction === undefined || (current.open && restriction.unlessOpen);
      const names = isUnrestricted ? undefined : restriction.names;
      const result = await context.call(current, operation, context.body(), names);
      context.setResponseHeaders();
      sendResult(context.response, result, context.operationId);
    },
    operation.mutates,
  );
  return Object.assign(handler, {
    restrictTo: (names: readonly string[], inputs?: FunctionInputs) =>
      httpFunction(connector, limitInputs(operation, inputs), { names, unlessOpen: false }),
    restrictUnlessOpen: (names: readonly string[]) => httpFunction(connector, operation, { names, unlessOpen: true }),
  });
}

/** Rejects everything but a POST of JSON. */
export function requireJson(request: Request): void {
  requirePost(request);
  checkJsonType(request);
}

/** Returns whether a request has a body. https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
export function carriesBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Rejects a body that is not JSON. The framework does not parse a body without a content type, and parses a form with
 * fewer checks than JSON.
 */
export function checkJsonType(request: Request): void {
  if (!request.is('application/json')) {
    throw new ConnectorError('INVALID_ARGUMENT', 'the content type must be application/json', {
      reason: 'CONTENT_TYPE',
      http: 415,
    });
  }
}

/** Throws METHOD_NOT_ALLOWED (405) unless the method is POST. */
export function requirePost(request: Request): void {
  if (request.method !== 'POST') throw methodNotAllowed(request.method, 'POST', 'POST a JSON body');
}

/** Returns the 405 error. `allow` is the value of the Allow header, `instead` says what to send. */
export function methodNotAllowed(method: string, allow: string, instead: string): ConnectorError {
  return new ConnectorError('INVALID_ARGUMENT', `${method} is not supported; ${instead}`, {
    reason: 'METHOD_NOT_ALLOWED',
    http: 405,
    allow,
  });
}

/** Sends the result with status 200 or 207. The body of a write includes its operation id and its effect. */
export function sendResult(
  response: Response,
  { status, body, effect }: OperationResult,
  operationId: string | undefined,
): void {
  response.status(status).json(operationId === undefined ? body : { ...body, operationId, effect });
}
