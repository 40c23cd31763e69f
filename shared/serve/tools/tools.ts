import type { Request, Response } from '@google-cloud/functions-framework';
import type { Connector } from '../../core/connector.ts';
import { unforeseen } from '../../errors.ts';
import type { ToolServer } from '../../ports/tool-server.ts';
import { atEnd, refuseWhileDraining } from '../drain.ts';
import { checkPost, refuse } from '../http.ts';
import { inRequest } from '../trace.ts';
import { agentTools } from './agent-tools.ts';

/** Entities and actions as tools of agents, by the Model Context Protocol (streamable HTTP, no sessions, no streams). */
export function toolsFunction(connector: () => Connector & { readonly toolServer: ToolServer }) {
  return async (request: Request, response: Response): Promise<void> => {
    try {
      const built = connector();
      atEnd(built.end);
      refuseWhileDraining();
      checkPost(request);
      const headers = Object.fromEntries(
        Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
      ) as Record<string, string>;
      const message = { headers, body: request.body as unknown };
      const answer = await inRequest(built, request, () => built.toolServer.answer(message, agentTools(built)));
      response.status(answer.status).set(answer.headers).send(answer.body);
    } catch (cause) {
      refuse(connector, response, unforeseen(cause), undefined);
    }
  };
}
