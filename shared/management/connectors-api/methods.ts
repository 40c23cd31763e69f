import { hasId } from '../../catalog/routes.ts';
import type { Operation } from '../../catalog/types.ts';
import type { OperationResult, Connector } from '../../operations/connector.ts';
import { ConnectorError, invalidArgument } from '../../errors.ts';
import { discoveryOf } from '../../schema/discovery.ts';
import { SINGLETON_ID } from '../../schema/object-ids.ts';
import type { RequestContext } from '../../http/request-context.ts';
import { requireAccess } from '../access.ts';
import { healthOf } from '../health.ts';
import { entityHandler, executeActionHandler } from '../../http/operation-handlers.ts';
import { entityIdOf } from './entity-name.ts';
import { writeInChunks } from '../../http/event-loop.ts';
import { pageOf } from '../../schema/paginate-names.ts';
import { parseApiBody } from './bodies.ts';
import { QUERIES, readQuery } from './queries.ts';
import { connectorsApiAction, connectorsApiEntityType } from './schemas.ts';

/** One request to the Connectors API with its path parsed. */
export interface ApiRequest {
  readonly connector: Connector;
  readonly context: RequestContext;
  readonly query: URLSearchParams;
  /** `projects/P/locations/L/connections/C` */
  readonly base: string;
  readonly type: string;
  readonly id: string;
  readonly action: string;
}

type Method = (apiRequest: ApiRequest) => Promise<object> | object;

interface Listing {
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
  readonly view: 'BASIC' | 'FULL';
}

/** Returns a sorted page of names. The view FULL adds each descriptor. */
async function listing(
  names: readonly string[],
  { pageSize, pageToken, view }: Listing,
  nameOf: (name: string) => string,
  whole: (name: string) => object,
): Promise<{ readonly page: readonly object[]; readonly more: object }> {
  const { names: shown, ...more } = pageOf([...names].sort(), (_, index) => index < pageSize, pageToken);
  if (view === 'BASIC') return { page: shown.map((name) => ({ name: nameOf(name) })), more };
  return { page: await writeInChunks(shown, whole), more };
}

export const listEntityTypes: Method = async ({ connector, query, base }) => {
  const discovery = discoveryOf(connector.deps.catalogue);
  const nameOf = (name: string): string => `${base}/entityTypes/${name}`;
  const { page, more } = await listing(discovery.entityNames(), readQuery(QUERIES.types, query), nameOf, (name) =>
    connectorsApiEntityType(nameOf(name), discovery.entity(name)),
  );
  return { types: page, ...more };
};

export const getEntityType: Method = ({ connector, query, base, type }) => {
  readQuery(QUERIES.type, query);
  const descriptor = discoveryOf(connector.deps.catalogue).entity(type);
  return connectorsApiEntityType(`${base}/entityTypes/${descriptor.name}`, descriptor);
};

export const listActions: Method = async ({ connector, query, base }) => {
  const discovery = discoveryOf(connector.deps.catalogue);
  const nameOf = (name: string): string => `${base}/actions/${name}`;
  const { page, more } = await listing(discovery.actionNames(), readQuery(QUERIES.actions, query), nameOf, (name) =>
    connectorsApiAction(nameOf(name), discovery.action(name)),
  );
  return { actions: page, ...more };
};

export const getAction: Method = ({ connector, query, base, action }) => {
  readQuery(QUERIES.action, query);
  const descriptor = discoveryOf(connector.deps.catalogue).action(action);
  return connectorsApiAction(`${base}/actions/${descriptor.name}`, descriptor);
};

export const checkReadiness: Method = ({ query }) => {
  readQuery(QUERIES.none, query);
  return { status: 'READY' };
};

/** Responds 200 in every state. */
export const checkStatus: Method = async ({ connector, query }) => {
  readQuery(QUERIES.none, query);
  const { state, description } = await healthOf(connector);
  return { state, description };
};

export const listEntities: Method = async (apiRequest) => {
  const { pageSize, pageToken, sortBy, sortOrder, conditions } = readQuery(QUERIES.entities, apiRequest.query);
  const [column] = sortBy ?? [];
  const { body } = await apiRequest.context.call(apiRequest.connector, entityHandler('List'), {
    entity: apiRequest.type,
    listEntitiesPageSize: pageSize,
    filterClause: conditions,
    listEntitiesPageToken: pageToken,
    listEntitiesSortByColumns: column === undefined ? undefined : [ordered(column, sortOrder?.[0])],
  });
  const next = body['listEntitiesNextPageToken'];
  const rows = body['connectorOutputPayload'] as Record<string, unknown>[];
  return {
    entities: rows.map((row) => withResourceName(apiRequest, row)),
    nextPageToken: typeof next === 'string' ? next : undefined,
  };
};

function ordered(column: string, order: string | undefined): string {
  if (order === undefined || / (asc|desc)$/i.test(column)) return column;
  if (!/^(asc|desc)(ending)?$/i.test(order))
    throw invalidArgument([{ field: 'sortOrder', description: 'must be ASC or DESC' }]);
  return `${column} ${order.slice(0, /^d/i.test(order) ? 4 : 3).toUpperCase()}`;
}

export const getEntity: Method = async (apiRequest) => {
  readQuery(QUERIES.none, apiRequest.query);
  const { body } = await apiRequest.context.call(
    apiRequest.connector,
    entityHandler('Get'),
    pathTarget(apiRequest, 'Get'),
  );
  return { ...withResourceName(apiRequest, body['connectorOutputPayload']), name: entityResourceName(apiRequest) };
};

export const createEntity: Method = async (apiRequest) => {
  readQuery(QUERIES.none, apiRequest.query);
  const { fields } = parseApiBody('entity', apiRequest.context.body());
  const { body } = await apiRequest.context.call(apiRequest.connector, entityHandler('Create'), {
    entity: apiRequest.type,
    connectorInputPayload: fields,
  });
  const made = body['connectorOutputPayload'] as Record<string, unknown>;
  return { ...withResourceName(apiRequest, { ...fields, ...made }), fields: made };
};

/** Fields that the body does not name stay unchanged. */
export const patchEntity: Method = async (apiRequest) => {
  readQuery(QUERIES.none, apiRequest.query);
  const { fields } = parseApiBody('entity', apiRequest.context.body(), entityResourceName(apiRequest));
  const { body } = await apiRequest.context.call(apiRequest.connector, entityHandler('Update'), {
    ...pathTarget(apiRequest, 'Update'),
    connectorInputPayload: fields,
  });
  return { name: entityResourceName(apiRequest), fields: body['connectorOutputPayload'] };
};

export const deleteEntity: Method = async (apiRequest) => {
  readQuery(QUERIES.none, apiRequest.query);
  parseApiBody('nothing', apiRequest.context.body());
  await apiRequest.context.call(apiRequest.connector, entityHandler('Delete'), pathTarget(apiRequest, 'Delete'));
  return {};
};

export const updateEntities: Method = async (apiRequest) => {
  const { conditions } = readQuery(QUERIES.conditions, apiRequest.query);
  const { fields } = parseApiBody('entity', apiRequest.context.body());
  const result = await apiRequest.context.call(apiRequest.connector, entityHandler('Update'), {
    entity: apiRequest.type,
    filterClause: conditions,
    connectorInputPayload: fields,
  });
  return { response: requireAllSucceeded(result) };
};

export const deleteEntities: Method = async (apiRequest) => {
  const { conditions } = readQuery(QUERIES.conditions, apiRequest.query);
  parseApiBody('nothing', apiRequest.context.body());
  const body = { entity: apiRequest.type, filterClause: conditions };
  requireAllSucceeded(await apiRequest.context.call(apiRequest.connector, entityHandler('Delete'), body));
  return {};
};

export const executeActionMethod: Method = async (apiRequest) => {
  readQuery(QUERIES.none, apiRequest.query);
  const { parameters } = parseApiBody('execute', apiRequest.context.body());
  const { connector, action } = apiRequest;
  if (!discoveryOf(connector.deps.catalogue).action(action).readOnly) requireAccess(connector, 'writes');
  const { body } = await apiRequest.context.call(connector, executeActionHandler(), {
    action,
    connectorInputPayload: parameters,
  });
  return { results: body['connectorOutputPayload'] };
};

/**
 * Throws ABORTED or FAILED_PRECONDITION if some rows failed: the API's response has no place for them. The message says
 * how to continue.
 */
function requireAllSucceeded({ status, body, effect }: OperationResult): unknown {
  const payload = body['connectorOutputPayload'];
  if (status === 200) return payload;
  const { affected, rows, remaining } = payload as {
    affected: number;
    rows: { Id: string; error?: { message?: string } }[];
    remaining: string[];
  };
  const failures = rows.flatMap(({ Id, error }) => (error === undefined ? [] : [{ Id, message: error.message ?? '' }]));
  const over = effect === 'done';
  const onward = over
    ? 'Stripe rejected these permanently; use another Idempotency-Key for them'
    : 'repeat the call with the same Idempotency-Key to continue';
  const message = `${affected} rows succeeded and ${remaining.length} did not; ${onward}`;
  const error = new ConnectorError(over ? 'FAILED_PRECONDITION' : 'ABORTED', message, {
    reason: 'PARTIAL_FAILURE',
    violations: failures.slice(0, 20).map((failure) => ({ field: failure.Id, description: failure.message })),
  });
  error.effect = effect;
  throw error;
}

/** The object that the path names. */
function pathTarget({ connector, type, id }: ApiRequest, operation: Operation): Record<string, unknown> {
  return id === SINGLETON_ID && !isNamedById(connector, type, operation)
    ? { entity: type }
    : { entity: type, entityId: id };
}

/** Owners of coupons, plans and products may choose the id `default`. */
function isNamedById({ deps: { catalogue } }: Connector, type: string, operation: Operation): boolean {
  const name = catalogue.nameOf(type);
  const definition = name === undefined ? undefined : catalogue.entity(name).operations[operation];
  return definition !== undefined && hasId(definition);
}

/** The resource name, percent-encoded: a caller-defined id may contain spaces and symbols. */
function entityResourceName(apiRequest: ApiRequest): string {
  return `${typeName(apiRequest)}/entities/${segments(apiRequest.id)}`;
}

function segments(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}

function typeName({ connector, base, type }: ApiRequest): string {
  return `${base}/entityTypes/${connector.deps.catalogue.nameOf(type) ?? type}`;
}

function withResourceName(apiRequest: ApiRequest, row: unknown): { readonly name: string; readonly fields: unknown } {
  const { catalogue } = apiRequest.connector.deps;
  const entity = catalogue.entity(catalogue.nameOf(apiRequest.type) ?? apiRequest.type);
  const id = entityIdOf(entity, row as Record<string, unknown>);
  return { name: `${typeName(apiRequest)}/entities/${segments(id)}`, fields: row };
}
