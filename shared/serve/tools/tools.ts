import type { Connector } from '../../core/connector.ts';
import type { ToolServer } from '../../ports/tool-server.ts';
import { checkPost } from '../http.ts';
import { serving } from '../serving.ts';
import { agentTools } from './agent-tools.ts';

/** Entities and actions as tools of agents, by the Model Context Protocol (streamable HTTP, no sessions, no streams). */
export function toolsFunction(connector: () => Connector & { readonly toolServer: ToolServer }) {
  return serving(connector, async (built, { request, response }) => {
    checkPost(request);
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ) as Record<string, string>;
    const message = { headers, body: request.body as unknown };
    const answer = await built.toolServer.answer(message, agentTools(built));
    response.status(answer.status).set(answer.headers).send(answer.body);
  });
}
