import { invalidArgument } from '../../errors.ts';
import { entityHandler, executeActionHandler } from '../../http/operation-handlers.ts';
import { discoveryOf } from '../../schema/discovery.ts';
import { requireAccess } from '../access.ts';
import { entityResourceName, pathTarget, withResourceName, type Method } from './api-request.ts';
import { parseApiBody } from './bodies.ts';
import { requireAllSucceeded } from './partial-success.ts';
import { QUERIES, readQuery } from './queries.ts';

export const listEntities: Method = async (apiRequest) => {
  const { pageSize, pageToken, sortBy, sortOrder, conditions } = readQuery(
    QUERIES.entities,
    apiRequest.query,
    apiRequest.connector.deps.limits,
  );
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

/** Adds the direction to a column, unless the column has one. */
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
  const created = body['connectorOutputPayload'] as Record<string, unknown>;
  return { ...withResourceName(apiRequest, { ...fields, ...created }), fields: created };
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
  if (!discoveryOf(connector.deps).action(action).readOnly) requireAccess(connector, 'writes');
  const { body } = await apiRequest.context.call(connector, executeActionHandler(), {
    action,
    connectorInputPayload: parameters,
  });
  return { results: body['connectorOutputPayload'] };
};
