import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type CallToolResult,
  type ListToolsResult,
} from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import type { ToolServer, Tools } from '../../mcp/server.ts';
import { jsonSchemaValidator } from '../json-schema-validator.ts';
import { isObject } from '../../is-object.ts';

const INSTRUCTIONS =
  'Stripe through a rate-limited connector. Amounts are in the minor unit of the currency. Every write returns an operationId. If the outcome of a write is unknown, repeat it with the same operationId: it takes effect once. If no tool fits, search with find_operation and run the result with call_operation.';

/** Schema of a tool call that keeps the arguments unchanged. The SDK's own schema copies them without `__proto__`. */
const CALL = CallToolRequestSchema.extend({
  params: CallToolRequestSchema.shape.params.extend({
    arguments: z.custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object').optional(),
  }),
});

/** Serves MCP with the official SDK. It has no sessions, so any instance can handle any message. */
export function mcp(): ToolServer {
  return {
    async handle({ headers, body }, tools) {
      const server = serverOf(tools);
      const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
      await server.connect(transport);
      try {
        const request = new Request('http://localhost/', { method: 'POST', headers });
        const response = await transport.handleRequest(request, { parsedBody: body });
        return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
      } finally {
        await server.close();
      }
    },
  };
}

/** Creates the SDK's server for these tools. */
// oxlint-disable-next-line typescript/no-deprecated -- McpServer takes zod schemas; the tools have JSON Schemas
function serverOf(tools: Tools): Server {
  // oxlint-disable-next-line typescript/no-deprecated -- as above
  const server = new Server(
    { name: 'stripe-connector', version: '1' },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) =>
    withInvalidParams(() => tools.list(params?.cursor) as ListToolsResult),
  );
  server.setRequestHandler(CALL, ({ params }) =>
    withInvalidParams(async (): Promise<CallToolResult> => {
      const { failed, content } = await tools.call(params.name, params.arguments ?? {}, jsonSchemaValidator);
      return {
        isError: failed,
        content: [{ type: 'text', text: JSON.stringify(content) }],
        structuredContent: content,
      };
    }),
  );
  return server;
}

/** Runs `work`. A RangeError (unknown tool, invalid cursor) becomes InvalidParams: the message is invalid, no tool failed. */
async function withInvalidParams<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof RangeError) throw new McpError(ErrorCode.InvalidParams, cause.message);
    throw cause;
  }
}
