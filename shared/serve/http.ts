import type { Request, Response } from '@google-cloud/functions-framework';
import { withEffect } from '../core/call.ts';
import type { Answer, Connector } from '../core/connector.ts';
import { isOperationId } from '../core/ids.ts';
import { ConnectorError, errorBody, unforeseen } from '../errors.ts';
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
    let operationId: string | undefined;
    const told = new Set<string>();
    try {
      const built = connector();
      const { settings, random, local, end } = built;
      atEnd(end);
      // Known before anything is refused: errors of a write name the key too.
      if (service.writes) operationId = spelt(request) ?? random.uuid();
      refuseWhileDraining();
      checkMethod(request);
      const open = narrowing === undefined || (local && narrowing.openLocally);
      const prepared = service.prepare(built, request.body, {
        operationId,
        keyHeader: request.get(KEY_HEADER),
        names: open ? undefined : narrowing.names,
        deadlineMs: settings.deadlineMs,
        told,
      });
      const answered = await inRequest(built, request, () => prepared.run());
      if (told.has('replayed')) built.log.write('INFO', 'replayed', { call: prepared.name, operationId });
      tell(response, told);
      answer(response, answered, operationId);
    } catch (cause) {
      tell(response, told);
      refuse(connector, response, unforeseen(cause), operationId);
    }
  };
  return Object.assign(handler, {
    narrowedTo: (names: readonly string[]) => httpFunction(connector, service, { names, openLocally: false }),
    narrowedInCloudTo: (names: readonly string[]) => httpFunction(connector, service, { names, openLocally: true }),
  });
}

function checkMethod(request: Request): void {
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

/** The caller's idempotency key, where it is one that can be used; what is wrong with it is said later. */
function spelt(request: Request): string | undefined {
  const body: unknown = request.body;
  const inBody = typeof body === 'object' && body !== null && 'operationId' in body ? body.operationId : undefined;
  const given = typeof inBody === 'string' ? inBody : request.get(KEY_HEADER);
  return given !== undefined && isOperationId(given) ? given : undefined;
}

/** An outcome from the record says so; what slowed the call down stands in `Throttled-By`. */
function tell(response: Response, told: ReadonlySet<string>): void {
  if (told.has('replayed')) response.set('Idempotent-Replayed', 'true');
  const throttled = [...told].filter((one) => one !== 'replayed');
  if (throttled.length > 0) response.set('Throttled-By', throttled.join(', '));
}

function answer(response: Response, { status, body, effect }: Answer, operationId: string | undefined): void {
  if (operationId !== undefined) response.set(KEY_HEADER, operationId);
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
