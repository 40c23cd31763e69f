import { hash } from 'node:crypto';
import type { Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';
import type { Caller } from '../http/request-context.ts';
import { decodedPart } from '../http/body/decode-url.ts';
import { answer as answerCall, checkJson, methodNotAllowed } from '../http/endpoint.ts';
import { API_PREFIX, runtimeApi } from './connectors-api/router.ts';
import { serving } from '../http/handler.ts';
import type { FunctionRow } from '../catalog/function-rows.ts';
import { DISCOVERY_PAGES } from './discovery-routes.ts';
import { EXPLORER_PAGES } from './explorer-routes.ts';
import { checkExposed } from './access.ts';
import { operationPage } from './operation-route.ts';
import type { Page, PageAsked } from './route.ts';
import { runPage } from './run-route.ts';

const PAGES: readonly Page[] = [
  [/^\/operations\/([^/]+)$/, 'health', ({ connector, part }) => operationPage(connector, part)],
  ...DISCOVERY_PAGES,
  ...EXPLORER_PAGES,
];
/** First parts of the paths that it serves at the root of its own host. */
export const ROOTS: ReadonlySet<string> = new Set([
  '',
  'v2',
  'operations',
  'entities',
  'actions',
  'openapi.json',
  'openapi-3.0.json',
  'about',
  'activity',
  'run',
]);
const RUN = /^\/run\/([^/]+)$/;

const KNOWN =
  'GET /operations/{operationId}, /entities, /entities/{entity}, /actions, /actions/{action}, /openapi.json, /openapi-3.0.json, and the runtime API under /v2/';

type Explorable = Connector & { readonly explorerPage: () => string };

/** What the connection tells of itself, and the vendor's runtime API. `functions`: the rows of the manifest. */
export function connectionFunction(connector: () => Explorable, functions: readonly FunctionRow[]) {
  return serving(connector, (built, caller) => answer(built, caller, functions));
}

async function answer(connector: Explorable, caller: Caller, functions: readonly FunctionRow[]): Promise<void> {
  const { request, response } = caller;
  // On the local server the function stands behind its own name too.
  const path = request.path.replace(/^\/connection(?=\/)/, '');
  if (path === '/') return sendExplorer(connector, caller);
  if (path.startsWith(API_PREFIX)) {
    const body = await runtimeApi(connector, caller);
    caller.tell();
    return void response.status(200).json(body);
  }
  const run = RUN.exec(path)?.[1];
  if (run !== undefined) {
    checkJson(request);
    const answered = await runPage(connector, caller, run);
    caller.tell();
    return answerCall(response, answered, caller.operationId);
  }
  response.status(200).json(await pageOf(path, { connector, request, functions }));
}

function pageOf(path: string, asked: Omit<PageAsked, 'part'>): unknown {
  for (const [pattern, need, page] of PAGES) {
    const found = pattern.exec(path);
    if (found === null) continue;
    if (asked.request.method !== 'GET') throw methodNotAllowed(asked.request.method, 'GET', 'GET it');
    checkExposed(asked.connector, need);
    return page({ ...asked, part: decodedPart(found[1] ?? '', 'path') });
  }
  throw new ConnectorError('NOT_FOUND', `there is ${KNOWN}`, { reason: 'NO_SUCH_PATH' });
}

function sendExplorer(connector: Explorable, { request, response }: Caller): void {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'GET', 'GET it');
  if (!connector.open && !connector.settings.explorer)
    throw new ConnectorError('PERMISSION_DENIED', 'the explorer is off: the setting explorer turns it on', {
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

/** What stands in each element of this name. */
function insides(page: string, tag: string): string[] {
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

/** The page's own script and style, by their hashes, its own server, and nothing else. */
function contentPolicy(page: string): string {
  const hashes = (tag: string): string =>
    insides(page, tag)
      .map((text) => `'sha256-${hash('sha256', text, 'base64')}'`)
      .join(' ');
  return `default-src 'none'; script-src ${hashes('script')}; style-src ${hashes('style')}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
