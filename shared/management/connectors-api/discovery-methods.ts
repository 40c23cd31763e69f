import { discoveryOf } from '../../schema/discovery.ts';
import { pageOfNames } from '../../schema/paginate-names.ts';
import { mapInChunks } from '../../http/event-loop.ts';
import { healthOf } from '../health.ts';
import type { Method } from './api-request.ts';
import { QUERIES, readQuery } from './queries.ts';
import { connectorsApiAction, connectorsApiEntityType } from './schemas.ts';

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
  describe: (name: string) => object,
): Promise<{ readonly page: readonly object[]; readonly more: object }> {
  const { names: shown, ...more } = pageOfNames([...names].sort(), (_, index) => index < pageSize, pageToken);
  if (view === 'BASIC') return { page: shown.map((name) => ({ name: nameOf(name) })), more };
  return { page: await mapInChunks(shown, describe), more };
}

export const listEntityTypes: Method = async ({ connector, query, base }) => {
  const discovery = discoveryOf(connector.deps);
  const nameOf = (name: string): string => `${base}/entityTypes/${name}`;
  const { page, more } = await listing(
    discovery.entityNames(),
    readQuery(QUERIES.types, query, discovery.limits),
    nameOf,
    (name) => connectorsApiEntityType(nameOf(name), discovery.entity(name)),
  );
  return { types: page, ...more };
};

export const getEntityType: Method = ({ connector, query, base, type }) => {
  readQuery(QUERIES.type, query);
  const descriptor = discoveryOf(connector.deps).entity(type);
  return connectorsApiEntityType(`${base}/entityTypes/${descriptor.name}`, descriptor);
};

export const listActions: Method = async ({ connector, query, base }) => {
  const discovery = discoveryOf(connector.deps);
  const nameOf = (name: string): string => `${base}/actions/${name}`;
  const { page, more } = await listing(
    discovery.actionNames(),
    readQuery(QUERIES.actions, query, discovery.limits),
    nameOf,
    (name) => connectorsApiAction(nameOf(name), discovery.action(name)),
  );
  return { actions: page, ...more };
};

export const getAction: Method = ({ connector, query, base, action }) => {
  readQuery(QUERIES.action, query);
  const descriptor = discoveryOf(connector.deps).action(action);
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
