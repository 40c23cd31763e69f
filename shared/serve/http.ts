import type { Request, Response } from '@google-cloud/functions-framework';
import { withEffect } from '../core/call.ts';
import type { Answer, Connector } from '../core/connector.ts';
import { ConnectorError, errorBody, unforeseen } from '../errors.ts';
import { Caller } from './caller.ts';
import { atEnd, refuseWhileDraining } from './drain.ts';
import { logCause } from './log-cause.ts';
import { KEY_HEADER, type Served } from './service.ts';
import { inRequest } from './trace.ts';

/** A Cloud Function, and how a manifest row narrows it to named entities or actions. */
export interface HttpFunction {
  (request: Request, response: Response): Promise<void>;
  narrowedTo(names: readonly string[]): HttpFunction;
  /** As narrowed, but on a laptop everything is served. */
  narrowedInCloudTo(names: readonly string[]): HttpFunction;
}

/** Which entities or actions a function serves; undefined for all. */
interface Narrowing {
  readonly names: readonly string[];
  readonly openLocally: boolean;
}

export function httpFunction(connector: () => Connector, service: Served, narrowing?: Narrowing): HttpFunction {
  const handler = async (request: Request, response: Response): Promise<void> => {
    const caller = new Caller(request, response);
    try {
      const built = connector();
      atEnd(built.end);
      caller.identify(built, service.writes);
      refuseWhileDraining();
      checkJson(request);
      const open = narrowing === undefined || (built.local && narrowing.openLocally);
      const names = open ? undefined : narrowing.names;
      const answered = await caller.call(built, service, request.body, names, (work) =>
        inRequest(built, request, work),
      );
      caller.tell();
      answer(response, answered, caller.operationId);
    } catch (cause) {
      caller.tell();
      refuse(connector, response, unforeseen(cause), caller.operationId);
    }
  };
  return Object.assign(handler, {
    narrowedTo: (names: readonly string[]) => httpFunction(connector, service, { names, openLocally: false }),
    narrowedInCloudTo: (names: readonly string[]) => httpFunction(connector, service, { names, openLocally: true }),
  });
}

/** A POST of JSON. */
export function checkJson(request: Request): void {
  checkPost(request);
  if (!request.is('application/json')) {
    throw new ConnectorError('INVALID_ARGUMENT', 'the content type must be application/json', {
      reason: 'CONTENT_TYPE',
      http: 415,
    });
  }
}

export function checkPost(request: Request): void {
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
export function answer(response: Response, { status, body, effect }: Answer, operationId: string | undefined): void {
  response.status(status).json(operationId === undefined ? body : { ...body, operationId, effect });
}

export function refuse(
  connector: () => Connector,
  response: Response,
  error: ConnectorError,
  operationId: string | undefined,
): void {
  if (operationId !== undefined) {
    withEffect(error, { operationId }, 'none');
    response.set(KEY_HEADER, error.operationId ?? operationId);
  }
  if (error.facts.retryAfterMs !== undefined)
    response.set('Retry-After', String(Math.max(1, Math.ceil(error.facts.retryAfterMs / 1000))));
  if (error.facts.allow !== undefined) response.set('Allow', error.facts.allow);
  if (error.status === 'INTERNAL') logCause(connector, error);
  const body = errorBody(error);
  response.status(body.error['code'] as number).json(body);
}
