import type { Request, Response } from '@google-cloud/functions-framework';
import type { Operation } from '../catalog/shapes.ts';
import { act } from '../core/act.ts';
import { withEffect, type Call } from '../core/call.ts';
import { requireEntity, type Answer, type Connector, type ConnectorParts } from '../core/connector.ts';
import { checkOperationId, isAccount, isOperationId } from '../core/ids.ts';
import { create, get, list, remove, update } from '../core/operate.ts';
import { ConnectorError, errorBody, invalid, unforeseen } from '../errors.ts';
import { parseBody, type Body, type Kind } from './requests.ts';

/** A Cloud Function, and how a manifest row narrows it to named entities. */
export interface HttpFunction {
  (request: Request, response: Response): Promise<void>;
  narrowedTo(entities: readonly string[]): HttpFunction;
}

/** What one function serves: the kind of body, and what to do with it. */
interface Service<K extends Kind> {
  readonly kind: K;
  readonly writes: boolean;
  readonly name: (
    body: Body<K>,
    parts: ConnectorParts,
    narrowed: readonly string[] | undefined,
  ) => { entity: string; call: string };
  readonly run: (parts: ConnectorParts, entity: string, body: Body<K>, call: Call) => Promise<Answer>;
}

/** The function of an action. */
export function actionFunction(connector: () => Connector, action: string): HttpFunction {
  return httpFunction(connector, {
    kind: 'Action',
    writes: true,
    name: () => ({ entity: '', call: action }),
    run: (parts, _entity, body, call) => act(parts, action, body.connectorInputPayload ?? {}, call),
  });
}

/** The function of an entity operation: every entity that has it. */
export function entityFunction(connector: () => Connector, operation: Operation): HttpFunction {
  switch (operation) {
    case 'List':
      return httpFunction(connector, {
        ...entityService('List', false),
        run: (parts, entity, body, call) =>
          list(
            parts,
            {
              entity,
              filterClause: body.filterClause,
              pageSize: body.listEntitiesPageSize,
              pageToken: body.listEntitiesPageToken ?? undefined,
              sortByColumns: body.listEntitiesSortByColumns,
            },
            call,
          ),
      });
    case 'Get':
      return httpFunction(connector, {
        ...entityService('Get', false),
        run: (parts, entity, body, call) => get(parts, entity, body.entityId, body.connectorInputPayload ?? {}, call),
      });
    case 'Create':
      return httpFunction(connector, {
        ...entityService('Create', true),
        run: (parts, entity, body, call) => create(parts, entity, body.connectorInputPayload ?? {}, call),
      });
    case 'Update':
      return httpFunction(connector, {
        ...entityService('Update', true),
        run: (parts, entity, body, call) => update(parts, entity, body, body.connectorInputPayload ?? {}, call),
      });
    case 'Delete':
      return httpFunction(connector, {
        ...entityService('Delete', true),
        run: (parts, entity, body, call) => remove(parts, entity, body, call),
      });
  }
}

function entityService<K extends Operation>(kind: K, writes: boolean): Omit<Service<K>, 'run'> {
  return {
    kind,
    writes,
    name(body, parts, narrowed) {
      const entity = entityOf(parts, body.entity, narrowed);
      return { entity, call: `${entity}.${kind}` };
    },
  };
}

/** The entity of a body; a narrowed function fills it in and refuses any other. */
function entityOf(parts: ConnectorParts, written: string | undefined, narrowed: readonly string[] | undefined): string {
  if (written === undefined) {
    const [only, ...more] = narrowed ?? [];
    if (only !== undefined && more.length === 0) return only;
    const which = narrowed === undefined ? '' : `, one of ${narrowed.join(', ')}`;
    throw invalid([{ field: 'entity', description: `is required${which}` }]);
  }
  if (narrowed === undefined) return requireEntity(parts.catalogue, written);
  const entity = parts.catalogue.nameOf(written);
  if (entity !== undefined && narrowed.includes(entity)) return entity;
  throw new ConnectorError('PERMISSION_DENIED', `entity: this function serves ${narrowed.join(', ')} only`, {
    reason: 'ENTITY_NOT_SERVED',
  });
}

function httpFunction<K extends Kind>(
  connector: () => Connector,
  service: Service<K>,
  narrowed?: readonly string[],
): HttpFunction {
  const handler = async (request: Request, response: Response): Promise<void> => {
    let operationId: string | undefined;
    try {
      const { settings, parts, clock, random } = connector();
      // Known before anything is refused: errors of a write name the key too.
      if (service.writes) operationId = spelt(request) ?? random.uuid();
      checkMethod(request);
      const body = parseBody(service.kind, request.body);
      checkSameOperationId(request, body.operationId);
      if (settings.suspended) {
        throw new ConnectorError('FAILED_PRECONDITION', 'the connection is suspended', {
          reason: 'CONNECTION_SUSPENDED',
        });
      }
      const { entity, call: name } = service.name(body, parts, narrowed);
      const account = accountOf(settings, body.accountId);
      const call: Call = {
        name,
        clock,
        deadlineAt: clock.monotonicMs() + settings.deadlineMs,
        outputFormat: body.outputFormat ?? settings.outputFormat,
        ...(operationId === undefined ? {} : { operationId }),
        ...(account === undefined ? {} : { account }),
      };
      answer(response, await service.run(parts, entity, body, call), operationId);
    } catch (cause) {
      refuse(connector, response, unforeseen(cause), operationId);
    }
  };
  return Object.assign(handler, {
    narrowedTo: (entities: readonly string[]) => httpFunction(connector, service, entities),
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

function answer(response: Response, { status, ...rest }: Answer, operationId: string | undefined): void {
  if (operationId !== undefined) response.set(KEY_HEADER, operationId);
  const told = operationId === undefined ? {} : { operationId, effect: 'done' };
  response.status(status).json({ ...rest, ...told });
}

function refuse(
  connector: () => Connector,
  response: Response,
  error: ConnectorError,
  operationId: string | undefined,
): void {
  if (operationId !== undefined) {
    withEffect(error, { operationId } as Call, 'none');
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
