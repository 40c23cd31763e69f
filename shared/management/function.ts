import { hash } from 'node:crypto';
import { ConnectorError } from '../errors.ts';
import type { RequestContext } from '../http/request-context.ts';
import { decodePercent } from '../http/body/decode-url.ts';
import { sendResult, requireJson, methodNotAllowed } from '../http/endpoint.ts';
import { API_PREFIX, connectorsApi } from './connectors-api/router.ts';
import { createHandler } from '../http/handler.ts';
import type { FunctionRow } from '../catalog/function-rows.ts';
import { DISCOVERY_ROUTES } from './discovery-routes.ts';
import { EXPLORER_ROUTES } from './explorer-routes.ts';
import { CONSOLE_COMMAND_PATH, runConsoleCommand } from './console/commands.ts';
import { CONSOLE_READS } from './console/read-routes.ts';
import { requireAccess } from './access.ts';
import type { Administrable } from './admin/method.ts';
import { adminRoute } from './admin/route.ts';
import { eventsRoute } from './events-route.ts';
import messageSchema from '../event-inbox/event-message.schema.json';
import { operationRoute } from './operation-route.ts';
import type { ManagementRoute, RouteContext } from './route.ts';
import { runRoute } from './run-route.ts';

const GET_ROUTES: readonly ManagementRoute[] = [
  [/^\/operations\/([^/]+)$/, 'health', ({ connector, part }) => operationRoute(connector, part)],
  [/^\/events\/schema$/, 'discovery', () => messageSchema],
  [/^\/events$/, 'reads', ({ connector, request }) => eventsRoute(connector, request)],
  ...DISCOVERY_ROUTES,
  ...EXPLORER_ROUTES,
  ...CONSOLE_READS,
];

/** First segments of the paths that this function serves. */
export const MANAGEMENT_ROUTES: ReadonlySet<string> = new Set([
  '',
  'v2',
  'operations',
  'events',
  'entities',
  'actions',
  'openapi.json',
  'openapi-3.0.json',
  'about',
  'activity',
  'run',
  'admin',
  'console',
]);
const RUN_PATH = /^\/run\/([^/]+)$/;
const ADMIN_PATH = /^\/admin\/([^/]+)$/;

const KNOWN_PATHS =
  'GET /operations/{operationId}, /events, /events/schema, /entities, /entities/{entity}, /actions, /actions/{action}, /openapi.json, /openapi-3.0.json, and the runtime API under /v2/';

/** A connection with the page of the console. */
export type Explorable = Administrable & { readonly explorerPage: () => string };

/**
 * Creates the function `connection`: health, discovery, operations, events, Google's runtime API, the admin methods and
 * the console. `functions` are the entries of the manifest.
 */
export function managementFunction(connector: () => Explorable, functions: readonly FunctionRow[]) {
  return createHandler(connector, (built, context) => handleManagementRequest(built, context, functions));
}

async function handleManagementRequest(
  connector: Explorable,
  context: RequestContext,
  functions: readonly FunctionRow[],
): Promise<void> {
  const { request, response } = context;
  // The local server also serves the functions `connection` and `single` under a path with their name.
  const path = request.path.replace(/^\/(connection|single)(?=\/)/, '');
  if (path === '/') return sendExplorer(connector, context);
  if (path.startsWith(API_PREFIX)) {
    const body = await connectorsApi(connector, context);
    context.setResponseHeaders();
    return void response.status(200).json(body);
  }
  const run = RUN_PATH.exec(path)?.[1];
  if (run !== undefined) {
    requireJson(request);
    const result = await runRoute(connector, context, run);
    context.setResponseHeaders();
    return sendResult(response, result, context.operationId);
  }
  const adminMethod = ADMIN_PATH.exec(path)?.[1];
  if (adminMethod !== undefined) {
    const result = await adminRoute(connector, context, decodePercent(adminMethod, 'path'), functions);
    return void response.status(200).json(result);
  }
  if (request.method === 'POST' && CONSOLE_COMMAND_PATH.test(path)) {
    requireJson(request);
    requireAccess(connector, 'writes');
    return void response.status(200).json(await runConsoleCommand(connector, path, context.body(), functions));
  }
  response.status(200).json(await runGetRoute(path, { connector, request, functions }));
}

/**
 * Returns the JSON of a GET route. Throws if the path is unknown, the method is not GET, or `expose` does not permit
 * the route.
 */
function runGetRoute(path: string, requested: Omit<RouteContext, 'part'>): unknown {
  for (const [pattern, accessLevel, route] of GET_ROUTES) {
    const match = pattern.exec(path);
    if (match === null) continue;
    if (requested.request.method !== 'GET') throw methodNotAllowed(requested.request.method, 'GET', 'use GET');
    requireAccess(requested.connector, accessLevel);
    return route({ ...requested, part: decodePercent(match[1] ?? '', 'path') });
  }
  throw new ConnectorError('NOT_FOUND', `no such path; supported are ${KNOWN_PATHS}`, { reason: 'NO_SUCH_PATH' });
}

function sendExplorer(connector: Explorable, { request, response }: RequestContext): void {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'GET', 'use GET');
  if (!connector.open && !connector.settings.explorer)
    throw new ConnectorError('PERMISSION_DENIED', 'the console is disabled; set explorer to true to enable it', {
      reason: 'NOT_EXPOSED',
    });
  const page = connector.explorerPage();
  response.set({
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': contentPolicy(page),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
  response.status(200).send(page);
}

/** Returns the content of each element with this tag. */
function elementContents(page: string, tag: string): string[] {
  const [open, close] = [`<${tag}>`, `</${tag}>`];
  const all: string[] = [];
  for (let at = page.indexOf(open); at >= 0;) {
    const end = page.indexOf(close, at);
    if (end < 0) break;
    all.push(page.slice(at + open.length, end));
    at = page.indexOf(open, end);
  }
  return all;
}

/**
 * Returns a Content-Security-Policy that permits the scripts and styles in the page, images in `data:` URLs, and
 * requests to the page's server.
 */
function contentPolicy(page: string): string {
  const hashes = (tag: string): string =>
    elementContents(page, tag)
      .map((text) => `'sha256-${hash('sha256', text, 'base64')}'`)
      .join(' ');
  return `default-src 'none'; script-src ${hashes('script')}; style-src ${hashes('style')}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
