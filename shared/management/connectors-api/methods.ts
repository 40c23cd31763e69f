import type { Answer, Connector } from '../../operations/connector.ts';
import { ConnectorError, invalid } from '../../errors.ts';
import { discoveryOf } from '../../schema/discovery.ts';
import type { Caller } from '../../http/request-context.ts';
import { checkExposed } from '../access.ts';
import { healthOf } from '../health.ts';
import { entityService, executeActionService } from '../../http/operation-handlers.ts';
import { entityIdOf, ONLY_ONE } from './entity-name.ts';
import { inSlices } from '../../http/event-loop.ts';
import { pageOf } from '../../schema/paginate-names.ts';
import { QUERIES, readBody, readQuery } from './queries.ts';
import { vendorAction, vendorEntityType } from './schemas.ts';

/** One request to the vendor's API, its path taken apart. */
export interface Asked {
  readonly connector: Connector;
  readonly caller: Caller;
  readonly query: URLSearchParams;
  /** `projects/P/locations/L/connections/C` */
  readonly base: string;
  readonly type: string;
  readonly id: string;
  readonly action: string;
}

type Method = (asked: Asked) => Promise<object> | object;

interface Listing {
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
  readonly view: 'BASIC' | 'FULL';
}

/** A page of names in their order; FULL tells what each is too. */
async function listing(
  names: readonly string[],
  { pageSize, pageToken, view }: Listing,
  nameOf: (one: string) => string,
  whole: (one: string) => object,
): Promise<{ readonly page: readonly object[]; readonly more: object }> {
  const { names: shown, ...more } = pageOf([...names].sort(), (_, index) => index < pageSize, pageToken);
  if (view === 'BASIC') return { page: shown.map((one) => ({ name: nameOf(one) })), more };
  return { page: await inSlices(shown, whole), more };
}

export const listEntityTypes: Method = async ({ connector, query, base }) => {
  const discovery = discoveryOf(connector.parts.catalogue);
  const nameOf = (one: string): string => `${base}/entityTypes/${one}`;
  const { page, more } = await listing(discovery.entityNames(), readQuery(QUERIES.types, query), nameOf, (one) =>
    vendorEntityType(nameOf(one), discovery.entity(one)),
  );
  return { types: page, ...more };
};

export const getEntityType: Method = ({ connector, query, base, type }) => {
  readQuery(QUERIES.type, query);
  const facts = discoveryOf(connector.parts.catalogue).entity(type);
  return vendorEntityType(`${base}/entityTypes/${facts.name}`, facts);
};

export const listActions: Method = async ({ connector, query, base }) => {
  const discovery = discoveryOf(connector.parts.catalogue);
  const nameOf = (one: string): string => `${base}/actions/${one}`;
  const { page, more } = await listing(discovery.actionNames(), readQuery(QUERIES.actions, query), nameOf, (one) =>
    vendorAction(nameOf(one), discovery.action(one)),
  );
  return { actions: page, ...more };
};

export const getAction: Method = ({ connector, query, base, action }) => {
  readQuery(QUERIES.action, query);
  const facts = discoveryOf(connector.parts.catalogue).action(action);
  return vendorAction(`${base}/actions/${facts.name}`, facts);
};

export const checkReadiness: Method = ({ query }) => {
  readQuery(QUERIES.none, query);
  return { status: 'READY' };
};

/** 200 whatever the state is. */
export const checkStatus: Method = async ({ connector, query }) => {
  readQuery(QUERIES.none, query);
  const { state, description } = await healthOf(connector);
  return { state, ...(description === undefined ? {} : { description }) };
};

export const listEntities: Method = async (asked) => {
  const { pageSize, pageToken, sortBy, sortOrder, conditions } = readQuery(QUERIES.entities, asked.query);
  const [column] = sortBy ?? [];
  const { body } = await asked.caller.call(asked.connector, entityService('List'), {
    entity: asked.type,
    listEntitiesPageSize: pageSize,
    ...(conditions === undefined ? {} : { filterClause: conditions }),
    ...(pageToken === undefined ? {} : { listEntitiesPageToken: pageToken }),
    ...(column === undefined ? {} : { listEntitiesSortByColumns: [ordered(column, sortOrder?.[0])] }),
  });
  const next = body['listEntitiesNextPageToken'];
  const rows = body['connectorOutputPayload'] as Record<string, unknown>[];
  return {
    entities: rows.map((row) => named(asked, row)),
    ...(typeof next === 'string' ? { nextPageToken: next } : {}),
  };
};

function ordered(column: string, order: string | undefined): string {
  if (order === undefined || / (asc|desc)$/i.test(column)) return column;
  if (!/^(asc|desc)(ending)?$/i.test(order))
    throw invalid([{ field: 'sortOrder', description: 'must be ASC or DESC' }]);
  return `${column} ${order.slice(0, /^d/i.test(order) ? 4 : 3).toUpperCase()}`;
}

export const getEntity: Method = async (asked) => {
  readQuery(QUERIES.none, asked.query);
  const { body } = await asked.caller.call(asked.connector, entityService('Get'), about(asked));
  return { ...named(asked, body['connectorOutputPayload']), name: entityName(asked) };
};

export const createEntity: Method = async (asked) => {
  readQuery(QUERIES.none, asked.query);
  const { fields } = readBody('entity', asked.caller.body());
  const { body } = await asked.caller.call(asked.connector, entityService('Create'), {
    entity: asked.type,
    connectorInputPayload: fields,
  });
  const made = body['connectorOutputPayload'] as Record<string, unknown>;
  return { ...named(asked, { ...fields, ...made }), fields: made };
};

/** Fields that are not named stay as they are. */
export const patchEntity: Method = async (asked) => {
  readQuery(QUERIES.none, asked.query);
  const { fields } = readBody('entity', asked.caller.body(), entityName(asked));
  const { body } = await asked.caller.call(asked.connector, entityService('Update'), {
    ...about(asked),
    connectorInputPayload: fields,
  });
  return { name: entityName(asked), fields: body['connectorOutputPayload'] };
};

export const deleteEntity: Method = async (asked) => {
  readQuery(QUERIES.none, asked.query);
  readBody('nothing', asked.caller.body());
  await asked.caller.call(asked.connector, entityService('Delete'), about(asked));
  return {};
};

export const updateEntities: Method = async (asked) => {
  const { conditions } = readQuery(QUERIES.conditions, asked.query);
  const { fields } = readBody('entity', asked.caller.body());
  const answer = await asked.caller.call(asked.connector, entityService('Update'), {
    entity: asked.type,
    filterClause: conditions,
    connectorInputPayload: fields,
  });
  return { response: wholly(answer) };
};

export const deleteEntities: Method = async (asked) => {
  const { conditions } = readQuery(QUERIES.conditions, asked.query);
  readBody('nothing', asked.caller.body());
  const body = { entity: asked.type, filterClause: conditions };
  wholly(await asked.caller.call(asked.connector, entityService('Delete'), body));
  return {};
};

export const executeAction: Method = async (asked) => {
  readQuery(QUERIES.none, asked.query);
  const { parameters } = readBody('execute', asked.caller.body());
  const { connector, action } = asked;
  if (!discoveryOf(connector.parts.catalogue).action(action).reads) checkExposed(connector, 'writes');
  const { body } = await asked.caller.call(connector, executeActionService(), {
    action,
    connectorInputPayload: parameters,
  });
  return { results: body['connectorOutputPayload'] };
};

/** The vendor's answers have no place for rows that failed: they are an error that tells how to go on. */
function wholly({ status, body, effect }: Answer): unknown {
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
    ? 'they were refused for good: a call for them needs another Idempotency-Key'
    : 'the same call with the same Idempotency-Key goes on with them';
  const message = `${affected} rows are done and ${remaining.length} are not; ${onward}`;
  const error = new ConnectorError(over ? 'FAILED_PRECONDITION' : 'ABORTED', message, {
    reason: 'ROWS_FAILED',
    violations: failures.slice(0, 20).map((one) => ({ field: one.Id, description: one.message })),
  });
  error.effect = effect;
  throw error;
}

function about({ type, id }: Asked): Record<string, unknown> {
  return id === ONLY_ONE ? { entity: type } : { entity: type, entityId: id };
}

/** As it stands in a path: an id of one's own may have spaces and signs. */
function entityName(asked: Asked): string {
  return `${typeName(asked)}/entities/${segments(asked.id)}`;
}

function segments(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}

function typeName({ connector, base, type }: Asked): string {
  return `${base}/entityTypes/${connector.parts.catalogue.nameOf(type) ?? type}`;
}

function named(asked: Asked, row: unknown): { readonly name: string; readonly fields: unknown } {
  const { catalogue } = asked.connector.parts;
  const entity = catalogue.entity(catalogue.nameOf(asked.type) ?? asked.type);
  const id = entityIdOf(entity, row as Record<string, unknown>);
  return { name: `${typeName(asked)}/entities/${segments(id)}`, fields: row };
}
