/**
 * The vendor's runtime API, connectors.googleapis.com v2: the same names, bodies and errors, so that what was made for it
 * works here by another root URL. https://cloud.google.com/integration-connectors/docs/reference/rest/v2
 */
import type { Connector } from '../../operations/connector.ts';
import { ConnectorError, invalidArgument, isConnectorError, withMessage } from '../../errors.ts';
import type { RequestContext } from '../../http/request-context.ts';
import { decodePathSegment, parseQuery } from '../../http/body/decode-url.ts';
import { requireAccess, type AccessLevel } from '../access.ts';
import { carriesBody, checkJsonType, methodNotAllowed } from '../../http/endpoint.ts';
import * as methods from './methods.ts';

export const API_PREFIX = '/v2/';

type Run = (apiRequest: methods.ApiRequest) => Promise<object> | object;

/** HTTP method, what stands behind the connection's name, what it needs, what it does. */
const METHODS: readonly (readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', RegExp, AccessLevel, Run])[] = [
  ['GET', /^:checkReadiness$/, 'health', methods.checkReadiness],
  ['GET', /^:checkStatus$/, 'health', methods.checkStatus],
  ['GET', /^\/entityTypes$/, 'discovery', methods.listEntityTypes],
  ['GET', /^\/entityTypes\/(?<type>[^/:]+)$/, 'discovery', methods.getEntityType],
  ['GET', /^\/entityTypes\/(?<type>[^/]+)\/entities$/, 'reads', methods.listEntities],
  ['POST', /^\/entityTypes\/(?<type>[^/]+)\/entities$/, 'writes', methods.createEntity],
  ['GET', /^\/entityTypes\/(?<type>[^/]+)\/entities\/(?<id>.+)$/, 'reads', methods.getEntity],
  ['PATCH', /^\/entityTypes\/(?<type>[^/]+)\/entities\/(?<id>.+)$/, 'writes', methods.patchEntity],
  ['DELETE', /^\/entityTypes\/(?<type>[^/]+)\/entities\/(?<id>.+)$/, 'writes', methods.deleteEntity],
  ['POST', /^\/entityTypes\/(?<type>[^/]+)\/entities:updateEntitiesWithConditions$/, 'writes', methods.updateEntities],
  ['POST', /^\/entityTypes\/(?<type>[^/]+)\/entities:deleteEntitiesWithConditions$/, 'writes', methods.deleteEntities],
  ['GET', /^\/actions$/, 'discovery', methods.listActions],
  ['GET', /^\/actions\/(?<action>[^/:]+)$/, 'discovery', methods.getAction],
  // Whether it reads the action itself says.
  ['POST', /^\/actions\/(?<action>[^/:]+):execute$/, 'reads', methods.executeActionMethod],
];

/** Methods of the vendor's API that have no sense for Stripe. */
const NOT_HERE =
  /^(:(executeSqlQuery|exchangeAuthCode|refreshAccessToken|executeHttpRequest|generateConnectionToolspecOverride)|\/(tools|resources)\b.*)$/;

const PATH =
  /^\/v2\/(?<base>projects\/(?<project>[^/]+)\/locations\/(?<location>[^/]+)\/connections\/(?<name>[^/:]+))(?<rest>[^]*)$/;

/** Answers one request under `/v2/`, or throws what is wrong with it. */
export async function connectorsApi(connector: Connector, context: RequestContext): Promise<object> {
  const { request } = context;
  const { base = '', project = '', location = '', name = '', rest = '' } = PATH.exec(request.path)?.groups ?? {};
  if (base === '') throw noSuchPath();
  checkConnection(connector, { project, location, name: decodePathSegment(name, 'name') });
  if (NOT_HERE.test(rest))
    throw new ConnectorError('UNIMPLEMENTED', 'this method of the API is not offered', {
      reason: 'METHOD_NOT_OFFERED',
    });
  const methods = METHODS.filter(([, pattern]) => pattern.test(rest));
  const row = methods.find(([method]) => method === request.method);
  if (row === undefined) {
    const allow = methods.map(([method]) => method).join(', ');
    throw allow === '' ? noSuchPath() : methodNotAllowed(request.method, allow, `this path takes ${allow}`);
  }
  const [, pattern, need, run] = row;
  context.identify(connector, need === 'writes');
  requireAccess(connector, need);
  if (request.method !== 'GET' && carriesBody(request.headers)) checkJsonType(request);
  const { type = '', id = '', action = '' } = pattern.exec(rest)?.groups ?? {};
  const requested = {
    connector,
    context: context,
    query: parseQuery(request.originalUrl),
    base,
    type: decodePathSegment(type, 'name'),
    id: decodePathSegment(id, 'name'),
    action: decodePathSegment(action, 'name'),
  };
  try {
    return await run(requested);
  } catch (cause) {
    throw inItsWords(cause, writtenNames(requested));
  }
}

/** The API's names of what the functions' bodies name otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  filterClause: 'conditions',
  listEntitiesSortByColumns: 'sortBy',
  listEntitiesPageSize: 'pageSize',
  listEntitiesPageToken: 'pageToken',
  entity: 'name',
  entityId: 'name',
  action: 'name',
  connectorInputPayload: 'fields',
};

/** Bad input is told by the names that the caller wrote. */
function inItsWords(cause: unknown, written: ReadonlySet<string>): unknown {
  if (!isConnectorError(cause) || cause.details.reason !== 'INVALID_INPUT') return cause;
  const { violations = [], moreViolations } = cause.details;
  const renamed = violations.map((violation) => ({
    ...violation,
    field:
      !written.has(violation.field) && Object.hasOwn(NAMES, violation.field)
        ? (NAMES[violation.field] ?? '')
        : violation.field,
  }));
  return withMessage(cause, invalidArgument(renamed, moreViolations));
}

/** Names of the query, of the body and of the inputs in it: an input may be called as a field of the functions' bodies is. */
function writtenNames({ query, context }: Pick<methods.ApiRequest, 'query' | 'context'>): ReadonlySet<string> {
  const body = treeOf(context.request.body);
  const inner = [body['fields'], body['parameters']].flatMap((value) => Object.keys(treeOf(value)));
  return new Set([...query.keys(), ...Object.keys(body), ...inner]);
}

function treeOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** On the local server, while it is open, any project and location are this one. */
function checkConnection({ settings, project = 'local', open }: Connector, requested: Record<string, string>): void {
  const elsewhere = !open && (requested['location'] !== settings.region || requested['project'] !== project);
  if (requested['name'] !== settings.name || elsewhere)
    throw new ConnectorError('NOT_FOUND', `there is no such connection here; there is ${settings.name}`, {
      reason: 'NO_SUCH_CONNECTION',
    });
}

function noSuchPath(): ConnectorError {
  return new ConnectorError('NOT_FOUND', 'the API has no such path', { reason: 'NO_SUCH_PATH' });
}
