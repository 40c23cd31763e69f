import { idPrefixOf } from '../catalog/ids/id-prefixes.ts';
import type { Request } from '@google-cloud/functions-framework';
import { selectionOf } from '../schema/selection.ts';
import { discoveryOf, type Discovery } from '../schema/discovery.ts';
import { openApi, type Document } from '../schema/openapi/document.ts';
import { downgrade, downgradeEntry } from '../schema/openapi/downgrade.ts';
import { mapInChunks } from '../http/event-loop.ts';
import { resourceNameOf } from '../operations/connector.ts';
import type { ManagementRoute, RouteContext } from './route.ts';

/** Routes that describe the entities and actions of the catalog, and their OpenAPI document. */
export const DISCOVERY_ROUTES: readonly ManagementRoute[] = [
  [/^\/entities$/, 'discovery', ({ connector }) => ({ entities: entityList(discoveryIn(connector), connector.deps) })],
  [/^\/entities\/([^/]+)$/, 'discovery', ({ connector, part }) => discoveryIn(connector).entity(part)],
  [/^\/actions$/, 'discovery', ({ connector }) => ({ actions: actionList(discoveryIn(connector)) })],
  [/^\/actions\/([^/]+)$/, 'discovery', ({ connector, part }) => discoveryIn(connector).action(part)],
  [/^\/openapi\.json$/, 'discovery', document],
  [/^\/openapi-3\.0\.json$/, 'discovery', olderDocument],
];

function discoveryIn({ deps }: RouteContext['connector']): Discovery {
  return discoveryOf(deps);
}

function entityList(discovery: Discovery, { catalog }: RouteContext['connector']['deps']): object[] {
  const { descriptions } = discovery;
  return discovery.entityNames().map((name) => ({
    name,
    description: descriptions?.entity(name),
    operations: catalog.operationsOf(name),
    idPrefix: idPrefixOf(name),
  }));
}

function actionList(discovery: Discovery): object[] {
  return discovery.actionNames().map((actionName) => {
    const { name, title, description, entity, readOnly } = discovery.action(actionName);
    return { name, title, description, entity, readOnly };
  });
}

/** Returns the OpenAPI document. `?entities=Customer,Invoice&actions=PayInvoice` selects a part of it. */
async function document({ connector, request, functions }: RouteContext): Promise<Document> {
  const discovery = discoveryIn(connector);
  const { searchParams: query } = new URL(request.originalUrl, 'http://here');
  const chosen = selectionOf(discovery, query.get('entities') ?? undefined, query.get('actions') ?? undefined);
  await mapInChunks(chosen.entities, (name) => discovery.entity(name));
  await mapInChunks(chosen.actions, (name) => discovery.action(name));
  const { local, servesAll } = connector;
  return openApi(discovery, chosen, {
    address: addressOf(request),
    connection: resourceNameOf(connector),
    hasOneServer: local || servesAll === true,
    functions: chosen.all ? functions : [],
  });
}

/** Returns the document in OpenAPI 3.0. */
async function olderDocument(routeContext: RouteContext): Promise<Document> {
  const { paths, components, ...rest } = await document(routeContext);
  const { schemas, ...more } = components;
  return downgrade(
    { ...rest, components: more },
    Object.fromEntries(await mapInChunks(Object.entries(paths), downgradeEntry)),
    Object.fromEntries(await mapInChunks(Object.entries(schemas), downgradeEntry)),
  );
}

/**
 * Returns the root URL that the caller used. The platform terminates TLS in front of the function and sends the
 * caller's scheme in `X-Forwarded-Proto`.
 */
function addressOf(request: Request): string {
  return `${request.get('X-Forwarded-Proto') ?? 'http'}://${request.get('Host') ?? 'localhost'}`;
}
