import type { Request, Response } from '@google-cloud/functions-framework';
import type { Connector } from '../../core/connector.ts';
import { ConnectorError, invalid, unforeseen } from '../../errors.ts';
import { Caller } from '../caller.ts';
import { atEnd, refuseWhileDraining } from '../drain.ts';
import { methodNotAllowed, refuse } from '../http.ts';
import { API_PREFIX, runtimeApi } from '../runtime-api/runtime-api.ts';
import { inRequest } from '../trace.ts';
import type { FunctionRow } from '../../describe/openapi/function-paths.ts';
import { DISCOVERY_PAGES } from './discovery-pages.ts';
import { checkExposed } from './exposed.ts';
import { operationPage } from './operation-page.ts';
import type { Page } from './page.ts';

const PAGES: readonly Page[] = [
  [/^\/operations\/([^/]+)$/, 'health', ({ connector, part }) => operationPage(connector, part)],
  ...DISCOVERY_PAGES,
];

const KNOWN =
  'GET /operations/{operationId}, /entities, /entities/{entity}, /actions, /actions/{action}, /openapi.json, /openapi-3.0.json, and the runtime API under /v2/';

/** What the connection tells of itself, and the vendor's runtime API. `functions`: the rows of the manifest. */
export function connectionFunction(connector: () => Connector, functions: readonly FunctionRow[]) {
  return async (request: Request, response: Response): Promise<void> => {
    const caller = new Caller(request, response);
    try {
      const built = connector();
      atEnd(built.end);
      refuseWhileDraining();
      const body = await inRequest(built, request, () => answer(built, caller, functions));
      caller.tell();
      if (!response.headersSent) response.status(200).json(body);
    } catch (cause) {
      caller.tell();
      refuse(connector, response, unforeseen(cause), caller.operationId);
    }
  };
}

async function answer(connector: Connector, caller: Caller, functions: readonly FunctionRow[]): Promise<unknown> {
  // On the local server the function stands behind its own name too.
  const path = caller.request.path.replace(/^\/connection(?=\/)/, '');
  if (path.startsWith(API_PREFIX)) return runtimeApi(connector, caller);
  for (const [pattern, need, page] of PAGES) {
    const found = pattern.exec(path);
    if (found === null) continue;
    if (caller.request.method !== 'GET') throw methodNotAllowed(caller.request.method, 'GET', 'GET it');
    checkExposed(connector, need);
    return page({ connector, request: caller.request, functions, part: decoded(found[1] ?? '') });
  }
  throw new ConnectorError('NOT_FOUND', `there is ${KNOWN}`, { reason: 'NO_SUCH_PATH' });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid([{ field: 'path', description: 'is not encoded as a part of a URL' }]);
  }
}
