import type { Request, Response } from '@google-cloud/functions-framework';
import type { Connector } from '../../core/connector.ts';
import { ConnectorError, invalid, unforeseen } from '../../errors.ts';
import { Caller } from '../caller.ts';
import { atEnd, refuseWhileDraining } from '../drain.ts';
import { methodNotAllowed, refuse } from '../http.ts';
import { API_PREFIX, runtimeApi } from '../runtime-api/runtime-api.ts';
import { inRequest } from '../trace.ts';
import { checkExposed, type Need } from './exposed.ts';
import { operationPage } from './operation-page.ts';

interface Asked {
  readonly connector: Connector;
  readonly caller: Caller;
  /** The part of the path that the pattern caught, decoded. */
  readonly part: string;
}

/** A page that is read: what its path is, what it needs, what it answers. */
type Page = readonly [RegExp, Need, (asked: Asked) => unknown];

const PAGES: readonly Page[] = [
  [/^\/operations\/([^/]+)$/, 'health', ({ connector, part }) => operationPage(connector, part)],
];

/** What the connection tells of itself, and the vendor's runtime API. */
export function connectionFunction(connector: () => Connector) {
  return async (request: Request, response: Response): Promise<void> => {
    const caller = new Caller(request, response);
    try {
      const built = connector();
      atEnd(built.end);
      refuseWhileDraining();
      const body = await inRequest(built, request, () => answer(built, caller));
      caller.tell();
      if (!response.headersSent) response.status(200).json(body);
    } catch (cause) {
      caller.tell();
      refuse(connector, response, unforeseen(cause), caller.operationId);
    }
  };
}

async function answer(connector: Connector, caller: Caller): Promise<unknown> {
  // On the local server the function stands behind its own name too.
  const path = caller.request.path.replace(/^\/connection(?=\/)/, '');
  if (path.startsWith(API_PREFIX)) return runtimeApi(connector, caller);
  for (const [pattern, need, page] of PAGES) {
    const found = pattern.exec(path);
    if (found === null) continue;
    if (caller.request.method !== 'GET') throw methodNotAllowed(caller.request.method, 'GET', 'GET it');
    checkExposed(connector, need);
    return page({ connector, caller, part: decoded(found[1] ?? '') });
  }
  throw new ConnectorError('NOT_FOUND', 'there is GET /operations/{operationId}', { reason: 'NO_SUCH_PATH' });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid([{ field: 'operationId', description: 'is not encoded as a part of a URL' }]);
  }
}
