import type { Request } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import type { ToolServer } from './server.ts';
import { isConnectorError } from '../errors.ts';
import { parseJsonBody } from '../http/body/json-body.ts';
import { requirePost } from '../http/endpoint.ts';
import { createHandler } from '../http/handler.ts';
import { agentTools } from './tools.ts';

/** What the protocol answers to whatever is none of its messages: nothing has to be loaded for it. https://www.jsonrpc.org/specification */
const NO_MESSAGE = {
  jsonrpc: '2.0',
  error: { code: -32_700, message: 'Parse error: Invalid JSON-RPC message' },
  id: null,
};

/** A message that JSON would change (a repeated name, digits that are lost): the words say where. */
function refused(message: string): object {
  return { ...NO_MESSAGE, error: { code: -32_600, message } };
}

function read(request: Request): { readonly body: unknown; readonly problem?: string } {
  try {
    return { body: parseJsonBody(request) };
  } catch (cause) {
    if (!isConnectorError(cause)) throw cause;
    return { body: undefined, problem: cause.message };
  }
}

/** Messages in one request at most, and characters of an id: each is answered, with its id. */
const MOST_MESSAGES = 20;
const LONGEST_ID = 200;

/** One message, or several at once. What is wrong within it the protocol's own code says. */
function isMessage(body: unknown): boolean {
  return messagesIn(body).every(
    (value) => typeof value === 'object' && value !== null && 'jsonrpc' in value && value.jsonrpc === '2.0',
  );
}

function messagesIn(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? (body as unknown[]) : [body];
}

function problemOf(body: unknown): string | undefined {
  const all = messagesIn(body);
  if (all.length > MOST_MESSAGES) return `a request has at most ${MOST_MESSAGES} messages`;
  const long = all.some((value) => String((value as { readonly id?: unknown }).id).length > LONGEST_ID);
  return long ? `an id has at most ${LONGEST_ID} characters` : undefined;
}

/** Entities and actions as tools of agents, by the Model Context Protocol (streamable HTTP, no sessions, no streams). */
export function toolsFunction(connector: () => Connector & { readonly toolServer: ToolServer }) {
  return createHandler(connector, async (built, { request, response }) => {
    requirePost(request);
    const { body, problem } = read(request);
    if (problem !== undefined) return void response.status(400).json(refused(problem));
    if (!isMessage(body)) return void response.status(400).json(NO_MESSAGE);
    const tooMuch = problemOf(body);
    if (tooMuch !== undefined) return void response.status(400).json(refused(tooMuch));
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ) as Record<string, string>;
    const message = { headers, body };
    const answer = await built.toolServer.handle(message, agentTools(built));
    response.status(answer.status).set(answer.headers).send(answer.body);
  });
}
