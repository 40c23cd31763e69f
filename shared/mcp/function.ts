import type { Request } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import type { ToolServer } from './server.ts';
import { invalidArgument, isConnectorError } from '../errors.ts';
import { parseJsonBody } from '../http/body/json-body.ts';
import { requirePost } from '../http/endpoint.ts';
import { createHandler } from '../http/handler.ts';
import { quotedName } from './arguments.ts';
import { agentTools } from './tools.ts';

/**
 * JSON-RPC's response to a body that is not a message. It is sent without loading the SDK.
 * https://www.jsonrpc.org/specification
 */
const PARSE_ERROR = {
  jsonrpc: '2.0',
  error: { code: -32_700, message: 'Parse error: Invalid JSON-RPC message' },
  id: null,
};

/**
 * Returns the response to a body that is rejected before the SDK reads it, such as a body with a repeated name or with
 * a number that would lose digits.
 */
function invalidRequest(message: string): object {
  return { ...PARSE_ERROR, error: { code: -32_600, message } };
}

function readMessage(request: Request): { readonly body: unknown; readonly problem?: string } {
  try {
    return { body: parseJsonBody(request) };
  } catch (cause) {
    if (!isConnectorError(cause)) throw cause;
    return { body: undefined, problem: cause.message };
  }
}

/**
 * Maximum number of messages in a request, and maximum length of a message id. Both limit the size of the response,
 * which repeats the id of each message.
 */
const MAX_MESSAGES = 20;
const MAX_JSONRPC_ID_LENGTH = 200;

/**
 * Returns whether the body is a JSON-RPC message or a batch of such messages. Only `jsonrpc` is checked here: the SDK
 * reports any other error in a message.
 */
function isMessage(body: unknown): boolean {
  return messagesIn(body).every(
    (value) => typeof value === 'object' && value !== null && 'jsonrpc' in value && value.jsonrpc === '2.0',
  );
}

function messagesIn(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? (body as unknown[]) : [body];
}

/** Returns which limit the body exceeds, or undefined if it exceeds none. */
function limitProblem(body: unknown): string | undefined {
  const all = messagesIn(body);
  if (all.length > MAX_MESSAGES) return `a request may have at most ${MAX_MESSAGES} messages; split it`;
  const hasLongId = all.some((value) => String((value as { readonly id?: unknown }).id).length > MAX_JSONRPC_ID_LENGTH);
  return hasLongId ? `an id may have at most ${MAX_JSONRPC_ID_LENGTH} characters; shorten it` : undefined;
}

/** Reads `?entities=Customer,Invoice`. Throws INVALID_ARGUMENT for any other parameter. */
function entitiesOf({ originalUrl }: Request): string | undefined {
  const { searchParams } = new URL(originalUrl, 'http://localhost');
  const unknown = [...searchParams.keys()].find((name) => name !== 'entities');
  if (unknown !== undefined)
    throw invalidArgument([
      { field: quotedName(unknown), description: 'is not a parameter of this address; use entities' },
    ]);
  return searchParams.get('entities') ?? undefined;
}

/** Creates the function that exposes entities and actions as MCP tools (streamable HTTP, no sessions, no streams). */
export function toolsFunction(connector: () => Connector & { readonly toolServer: ToolServer }) {
  return createHandler(connector, async (built, { request, response }) => {
    requirePost(request);
    const { body, problem } = readMessage(request);
    if (problem !== undefined) return void response.status(400).json(invalidRequest(problem));
    if (!isMessage(body)) return void response.status(400).json(PARSE_ERROR);
    const exceeded = limitProblem(body);
    if (exceeded !== undefined) return void response.status(400).json(invalidRequest(exceeded));
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ) as Record<string, string>;
    const message = { headers, body };
    const reply = await built.toolServer.handle(message, agentTools(built, entitiesOf(request)));
    response.status(reply.status).set(reply.headers).send(reply.body);
  });
}
