import type { Request } from '@google-cloud/functions-framework';
import { chosenOf } from '../schema/selection.ts';
import { discoveryOf, type Discovery } from '../schema/discovery.ts';
import { openApi, type Document } from '../schema/openapi/document.ts';
import { inVersion30, olderEntry } from '../schema/openapi/downgrade.ts';
import { inSlices } from '../http/event-loop.ts';
import type { Page, PageAsked } from './route.ts';

/** What there is, told by the catalogue that the functions work with: entities, actions, and their OpenAPI. */
export const DISCOVERY_PAGES: readonly Page[] = [
  [/^\/entities$/, 'discovery', ({ connector }) => ({ entities: entityList(discoveryIn(connector), connector.parts) })],
  [/^\/entities\/([^/]+)$/, 'discovery', ({ connector, part }) => discoveryIn(connector).entity(part)],
  [/^\/actions$/, 'discovery', ({ connector }) => ({ actions: actionList(discoveryIn(connector)) })],
  [/^\/actions\/([^/]+)$/, 'discovery', ({ connector, part }) => discoveryIn(connector).action(part)],
  [/^\/openapi\.json$/, 'discovery', document],
  [/^\/openapi-3\.0\.json$/, 'discovery', olderDocument],
];

function discoveryIn({ parts }: PageAsked['connector']): Discovery {
  return discoveryOf(parts.catalogue);
}

function entityList(discovery: Discovery, { catalogue }: PageAsked['connector']['parts']): object[] {
  return discovery.entityNames().map((name) => ({ name, operations: catalogue.operationsOf(name) }));
}

function actionList(discovery: Discovery): object[] {
  return discovery.actionNames().map((one) => {
    const { name, title, entity, reads } = discovery.action(one);
    return { name, title, entity, reads };
  });
}

/** `?entities=Customer,Invoice&actions=PayInvoice` */
async function document({ connector, request, functions }: PageAsked): Promise<Document> {
  const discovery = discoveryIn(connector);
  const { searchParams: query } = new URL(request.originalUrl, 'http://here');
  const chosen = chosenOf(discovery, query.get('entities') ?? undefined, query.get('actions') ?? undefined);
  await inSlices(chosen.entities, (name) => discovery.entity(name));
  await inSlices(chosen.actions, (name) => discovery.action(name));
  const { settings, project, local } = connector;
  return openApi(discovery, chosen, {
    address: addressOf(request),
    connection: `projects/${project ?? 'local'}/locations/${settings.region}/connections/${settings.name}`,
    local,
    functions: chosen.all ? functions : [],
  });
}

async function olderDocument(asked: PageAsked): Promise<Document> {
  const { paths, components, ...rest } = await document(asked);
  const { schemas, ...more } = components;
  return inVersion30(
    { ...rest, components: more },
    Object.fromEntries(await inSlices(Object.entries(paths), olderEntry)),
    Object.fromEntries(await inSlices(Object.entries(schemas), olderEntry)),
  );
}

/** As the caller reached it: the platform ends TLS in front of the function. */
function addressOf(request: Request): string {
  return `${request.get('X-Forwarded-Proto') ?? 'http'}://${request.get('Host') ?? 'localhost'}`;
}
