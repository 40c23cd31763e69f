/**
 * Google's runtime API for connections, connectors.googleapis.com v2, with the same names, bodies and errors. Clients
 * of that API work with another root URL. https://cloud.google.com/integration-connectors/docs/reference/rest/v2
 */
import type { Connector } from '../../operations/connector.ts';
import { ConnectorError, invalidArgument, isConnectorError, copyWriteInfo } from '../../errors.ts';
import type { RequestContext } from '../../http/request-context.ts';
import { decodePercent, parseQuery } from '../../http/body/decode-url.ts';
import { requireAccess, type AccessLevel } from '../access.ts';
import { carriesBody, checkJsonType, methodNotAllowed } from '../../http/endpoint.ts';
import type { ApiRequest } from './api-request.ts';
import * as discovery from './discovery-methods.ts';
import * as entities from './entity-methods.ts';

export const API_PREFIX = '/v2/';

type Run = (apiRequest: ApiRequest) => Promise<object> | object;

/** HTTP method, path after the connection's name, required access level, implementation. */
const API_METHODS: readonly (readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', RegExp, AccessLevel, Run])[] = [
  ['GET', /^:checkReadiness$/, 'health', discovery.checkReadiness],
  ['GET', /^:checkStatus$/, 'health', discovery.checkStatus],
  ['GET', /^\/entityTypes$/, 'discovery', discovery.listEntityTypes],
  ['GET', /^\/entityTypes\/(?<type>[^/:]+)$/, 'discovery', discovery.getEntityType],
  ['GET', /^\/entityTypes\/(?<type>[^/]+)\/entities$/, 'reads', entities.listEntities],
  ['POST', /^\/entityTypes\/(?<type>[^/]+)\/entities$/, 'writes', entities.createEntity],
  ['GET', /^\/entityTypes\/(?<type>[^/]+)\/entities\/(?<id>.+)$/, 'reads', entities.getEntity],
  ['PATCH', /^\/entityTypes\/(?<type>[^/]+)\/entities\/(?<id>.+)$/, 'writes', entities.patchEntity],
  ['DELETE', /^\/entityTypes\/(?<type>[^/]+)\/entities\/(?<id>.+)$/, 'writes', entities.deleteEntity],
  ['POST', /^\/entityTypes\/(?<type>[^/]+)\/entities:updateEntitiesWithConditions$/, 'writes', entities.updateEntities],
  ['POST', /^\/entityTypes\/(?<type>[^/]+)\/entities:deleteEntitiesWithConditions$/, 'writes', entities.deleteEntities],
  ['GET', /^\/actions$/, 'discovery', discovery.listActions],
  ['GET', /^\/actions\/(?<action>[^/:]+)$/, 'discovery', discovery.getAction],
  // `executeActionMethod` also requires `writes` if the action is a write.
  ['POST', /^\/actions\/(?<action>[^/:]+):execute$/, 'reads', entities.executeActionMethod],
];

/** Methods of the API that do not apply to Stripe. */
const UNSUPPORTED_PATHS =
  /^(:(executeSqlQuery|exchangeAuthCode|refreshAccessToken|executeHttpRequest|generateConnectionToolspecOverride)|\/(tools|resources)\b.*)$/;

const PATH =
  /^\/v2\/(?<base>projects\/(?<project>[^/]+)\/locations\/(?<location>[^/]+)\/connections\/(?<name>[^/:]+))(?<rest>[^]*)$/;

/** Handles one request under `/v2/` and returns the body of the response. Throws ConnectorError. */
export async function connectorsApi(connector: Connector, context: RequestContext): Promise<object> {
  const { request } = context;
  const { base = '', project = '', location = '', name = '', rest = '' } = PATH.exec(request.path)?.groups ?? {};
  if (base === '') throw noSuchPath();
  checkConnection(connector, { project, location, name: decodePercent(name, 'name') });
  if (UNSUPPORTED_PATHS.test(rest))
    throw new ConnectorError('UNIMPLEMENTED', 'this method of the Connectors API is not supported for Stripe', {
      reason: 'METHOD_NOT_OFFERED',
    });
  const methods = API_METHODS.filter(([, pattern]) => pattern.test(rest));
  const row = methods.find(([method]) => method === request.method);
  if (row === undefined) {
    const allow = methods.map(([method]) => method).join(', ');
    throw allow === '' ? noSuchPath() : methodNotAllowed(request.method, allow, `this path supports ${allow}`);
  }
  const [, pattern, accessLevel, run] = row;
  context.assignOperationId(connector, accessLevel === 'writes');
  requireAccess(connector, accessLevel);
  if (request.method !== 'GET' && carriesBody(request.headers)) checkJsonType(request);
  const { type = '', id = '', action = '' } = pattern.exec(rest)?.groups ?? {};
  const requested = {
    connector,
    context,
    query: parseQuery(request.originalUrl),
    base,
    type: decodePercent(type, 'name'),
    id: decodePercent(id, 'name'),
    action: decodePercent(action, 'name'),
  };
  try {
    return await run(requested);
  } catch (cause) {
    throw renameFields(cause, writtenNames(requested));
  }
}

/** The API's names for fields that have another name in the bodies of the functions. */
const API_FIELD_NAMES: Readonly<Record<string, string>> = {
  filterClause: 'conditions',
  listEntitiesSortByColumns: 'sortBy',
  listEntitiesPageSize: 'pageSize',
  listEntitiesPageToken: 'pageToken',
  entity: 'name',
  entityId: 'name',
  action: 'name',
  connectorInputPayload: 'fields',
};

/**
 * Renames the fields of an input error to the names of the API. A name that the caller sent (`written`) is kept,
 * because an input of an entity or action may have the same name as a field of a body. Returns any other error
 * unchanged.
 */
function renameFields(cause: unknown, written: ReadonlySet<string>): unknown {
  if (!isConnectorError(cause) || cause.details.reason !== 'INVALID_INPUT') return cause;
  const { violations = [], moreViolations } = cause.details;
  const renamed = violations.map((violation) => ({
    ...violation,
    field:
      !written.has(violation.field) && Object.hasOwn(API_FIELD_NAMES, violation.field)
        ? (API_FIELD_NAMES[violation.field] ?? '')
        : violation.field,
  }));
  return copyWriteInfo(cause, invalidArgument(renamed, moreViolations));
}

/** Returns all names that the caller sent in the query, the body and its inputs. */
function writtenNames({ query, context }: Pick<ApiRequest, 'query' | 'context'>): ReadonlySet<string> {
  const body = bodyObject(context.request.body);
  const inner = [body['fields'], body['parameters']].flatMap((value) => Object.keys(bodyObject(value)));
  return new Set([...query.keys(), ...Object.keys(body), ...inner]);
}

function bodyObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Throws if the path names another connection. An open local server accepts any project and location. */
function checkConnection({ settings, project = 'local', open }: Connector, requested: Record<string, string>): void {
  const isOtherProject = !open && (requested['location'] !== settings.region || requested['project'] !== project);
  if (requested['name'] !== settings.name || isOtherProject)
    throw new ConnectorError('NOT_FOUND', `this server has no such connection; its connection is ${settings.name}`, {
      reason: 'NO_SUCH_CONNECTION',
    });
}

function noSuchPath(): ConnectorError {
  return new ConnectorError('NOT_FOUND', 'the API has no such path; check the URL', { reason: 'NO_SUCH_PATH' });
}
