/**
 * The vendor's runtime API, connectors.googleapis.com v2: the same names, bodies and errors, so that what was made for it
 * works here by another root URL. https://cloud.google.com/integration-connectors/docs/reference/rest/v2
 */
import type { Connector } from '../../operations/connector.ts';
import { ConnectorError, invalid, isConnectorError, restated } from '../../errors.ts';
import type { Caller } from '../../http/request-context.ts';
import { decodedPart, queryOf } from '../../http/body/decode-url.ts';
import { checkExposed, type Need } from '../access.ts';
import { carriesBody, checkJsonType, methodNotAllowed } from '../../http/endpoint.ts';
import * as methods from './methods.ts';

export const API_PREFIX = '/v2/';

type Run = (asked: methods.Asked) => Promise<object> | object;

/** HTTP method, what stands behind the connection's name, what it needs, what it does. */
const METHODS: readonly (readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', RegExp, Need, Run])[] = [
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
  ['POST', /^\/actions\/(?<action>[^/:]+):execute$/, 'reads', methods.executeAction],
];

/** Methods of the vendor's API that have no sense for Stripe. */
const NOT_HERE =
  /^(:(executeSqlQuery|exchangeAuthCode|refreshAccessToken|executeHttpRequest|generateConnectionToolspecOverride)|\/(tools|resources)\b.*)$/;

const PATH =
  /^\/v2\/(?<base>projects\/(?<project>[^/]+)\/locations\/(?<location>[^/]+)\/connections\/(?<name>[^/:]+))(?<rest>[^]*)$/;

/** Answers one request under `/v2/`, or throws what is wrong with it. */
export async function runtimeApi(connector: Connector, caller: Caller): Promise<object> {
  const { request } = caller;
  const { base = '', project = '', location = '', name = '', rest = '' } = PATH.exec(request.path)?.groups ?? {};
  if (base === '') throw noSuchPath();
  checkConnection(connector, { project, location, name: decodedPart(name, 'name') });
  if (NOT_HERE.test(rest))
    throw new ConnectorError('UNIMPLEMENTED', 'this method of the API is not offered', {
      reason: 'METHOD_NOT_OFFERED',
    });
  const found = METHODS.filter(([, pattern]) => pattern.test(rest));
  const row = found.find(([method]) => method === request.method);
  if (row === undefined) {
    const allow = found.map(([method]) => method).join(', ');
    throw allow === '' ? noSuchPath() : methodNotAllowed(request.method, allow, `this path takes ${allow}`);
  }
  const [, pattern, need, run] = row;
  caller.identify(connector, need === 'writes');
  checkExposed(connector, need);
  if (request.method !== 'GET' && carriesBody(request.headers)) checkJsonType(request);
  const { type = '', id = '', action = '' } = pattern.exec(rest)?.groups ?? {};
  const asked = {
    connector,
    caller,
    query: queryOf(request.originalUrl),
    base,
    type: decodedPart(type, 'name'),
    id: decodedPart(id, 'name'),
    action: decodedPart(action, 'name'),
  };
  try {
    return await run(asked);
  } catch (cause) {
    throw inItsWords(cause, writtenNames(asked));
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
  if (!isConnectorError(cause) || cause.facts.reason !== 'INVALID_INPUT') return cause;
  const { violations = [], moreViolations } = cause.facts;
  const renamed = violations.map((one) => ({
    ...one,
    field: !written.has(one.field) && Object.hasOwn(NAMES, one.field) ? (NAMES[one.field] ?? '') : one.field,
  }));
  return restated(cause, invalid(renamed, moreViolations));
}

/** Names of the query, of the body and of the inputs in it: an input may be called as a field of the functions' bodies is. */
function writtenNames({ query, caller }: Pick<methods.Asked, 'query' | 'caller'>): ReadonlySet<string> {
  const body = treeOf(caller.request.body);
  const inner = [body['fields'], body['parameters']].flatMap((one) => Object.keys(treeOf(one)));
  return new Set([...query.keys(), ...Object.keys(body), ...inner]);
}

function treeOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** On the local server, while it is open, any project and location are this one. */
function checkConnection({ settings, project = 'local', open }: Connector, asked: Record<string, string>): void {
  const elsewhere = !open && (asked['location'] !== settings.region || asked['project'] !== project);
  if (asked['name'] !== settings.name || elsewhere)
    throw new ConnectorError('NOT_FOUND', `there is no such connection here; there is ${settings.name}`, {
      reason: 'NO_SUCH_CONNECTION',
    });
}

function noSuchPath(): ConnectorError {
  return new ConnectorError('NOT_FOUND', 'the API has no such path', { reason: 'NO_SUCH_PATH' });
}
