import type { Request, Response } from '@google-cloud/functions-framework';
import { withEffect, type Call } from '../core/call.ts';
import type { Answer, Connector, ConnectorParts } from '../core/connector.ts';
import { checkOperationId, isAccount, isOperationId } from '../core/ids.ts';
import { ConnectorError, errorBody, invalid, unforeseen } from '../errors.ts';
import { atEnd, refuseWhileDraining } from './drain.ts';
import { parseBody, type Body, type Kind } from './requests.ts';

/** A Cloud Function, and how a manifest row narrows it to named entities or actions. */
export interface HttpFunction {
  (request: Request, response: Response): Promise<void>;
  narrowedTo(names: readonly string[]): HttpFunction;
  /** As narrowed, but on a laptop everything is served. */
  narrowedInCloudTo(names: readonly string[]): HttpFunction;
}

/** What one function serves: the kind of body, and what to do with it. */
export interface Service<K extends Kind> {
  readonly kind: K;
  readonly writes: boolean;
  /** What the call is about (an entity, an action), and how the log names it. Undefined names allow all. */
  readonly subject: (
    body: Body<K>,
    parts: ConnectorParts,
    names: readonly string[] | undefined,
  ) => { readonly subject: string; readonly call: string };
  readonly run: (parts: ConnectorParts, subject: string, body: Body<K>, call: Call) => Promise<Answer>;
}

/** Which entities or actions a function serves; undefined for all. */
interface Narrowing {
  readonly names: readonly string[];
  readonly openLocally: boolean;
}

export function httpFunction<K extends Kind>(
  connector: () => Connector,
  service: Service<K>,
  narrowing?: Narrowing,
): HttpFunction {
  const handler = async (request: Request, response: Response): Promise<void> => {
    let operationId: string | undefined;
    const told = new Set<string>();
    try {
      const { settings, parts, clock, random, local, end } = connector();
      atEnd(end);
      // Known before anything is refused: errors of a write name the key too.
      if (service.writes) operationId = spelt(request) ?? random.uuid();
      refuseWhileDraining();
      checkMethod(request);
      const body = parseBody(service.kind, request.body);
      checkSameOperationId(request, body.operationId);
      if (settings.suspended) {
        throw new ConnectorError('FAILED_PRECONDITION', 'the connection is suspended', {
          reason: 'CONNECTION_SUSPENDED',
        });
      }
      const open = narrowing === undefined || (local && narrowing.openLocally);
      const { subject, call: name } = service.subject(body, parts, open ? undefined : narrowing.names);
      const account = accountOf(settings, body.accountId);
      const call: Call = {
        name,
        clock,
        deadlineAt: clock.monotonicMs() + settings.deadlineMs,
        outputFormat: body.outputFormat ?? settings.outputFormat,
        told,
        dryRun: body.dryRun,
        ...('fields' in body ? { fields: body.fields } : {}),
        ...('expand' in body ? { expand: body.expand } : {}),
        ...(operationId === undefined ? {} : { operationId }),
        ...(account === undefined ? {} : { account }),
      };
      const answered = await service.run(parts, subject, body, call);
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
  if (request.method !== 'POST') {
    throw new ConnectorError('INVALID_ARGUMENT', `${request.method} is not taken; POST a JSON body`, {
      reason: 'METHOD_NOT_ALLOWED',
      http: 405,
    });
  }
  if (!request.is('application/json')) {
    throw new ConnectorError('INVALID_ARGUMENT', 'the content type must be application/json', {
      reason: 'CONTENT_TYPE',
      http: 415,
    });
  }
}

const KEY_HEADER = 'Idempotency-Key';

/** The caller's idempotency key, where it is one that can be used; what is wrong with it is said later. */
function spelt(request: Request): string | undefined {
  const body: unknown = request.body;
  const inBody = typeof body === 'object' && body !== null && 'operationId' in body ? body.operationId : undefined;
  const given = typeof inBody === 'string' ? inBody : request.get(KEY_HEADER);
  return given !== undefined && isOperationId(given) ? given : undefined;
}

/** The body's operationId and the header are the same thing: both must be usable, and agree. */
function checkSameOperationId(request: Request, inBody: string | undefined): void {
  const inHeader = request.get(KEY_HEADER);
  if (inBody !== undefined) checkOperationId('operationId', inBody);
  if (inHeader !== undefined) checkOperationId(KEY_HEADER, inHeader);
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    throw invalid([{ field: 'operationId', description: 'differs from the Idempotency-Key header; give one of them' }]);
  }
}

function accountOf(settings: Connector['settings'], named: string | undefined): string | undefined {
  if (named === undefined || named === settings.accountId) return settings.accountId;
  if (isAccount(named) && settings.allowedAccounts.includes(named)) return named;
  throw new ConnectorError('PERMISSION_DENIED', 'accountId: the connection does not allow this account', {
    reason: 'ACCOUNT_NOT_ALLOWED',
  });
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

function refuse(
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
  if (error.facts.http === 405) response.set('Allow', 'POST');
  if (error.status === 'INTERNAL') logCause(connector, error);
  const body = errorBody(error);
  response.status(body.error['code'] as number).json(body);
}

/** What nobody foresaw goes to the log with its stack; the caller learns only that it was us. */
function logCause(connector: () => Connector, error: ConnectorError): void {
  const cause = error.facts.cause;
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  try {
    connector().log.write('ERROR', 'unforeseen', { stack });
  } catch {
    process.stderr.write(`${JSON.stringify({ severity: 'ERROR', message: 'unforeseen', stack })}\n`);
  }
}
