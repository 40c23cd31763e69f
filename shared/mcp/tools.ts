import type { Operation } from '../catalog/types.ts';
import { annotateError } from '../stripe/call-context.ts';
import { maskSensitiveFields } from '../stripe/sensitive-fields.ts';
import type { Connector } from '../operations/connector.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { plainNumbers } from '../json/written-number.ts';
import { discoveryOf } from '../schema/discovery.ts';
import { actionTool, entityTool, toolName, type ToolDefinition } from '../schema/tool.ts';
import { errorBody, toConnectorError } from '../errors.ts';
import { lazy, memoizeByRef } from '../memoize.ts';
import type { SchemaValidator, Tool, ToolOutcome, Tools } from './server.ts';
import { matchesAllowlist } from '../http/allowlist.ts';
import { priorEffect } from '../http/prior-effect.ts';
import { logFailure } from '../http/log-cause.ts';
import { pageOf } from '../schema/paginate-names.ts';
import type { OperationResponse } from '../http/operation-handler.ts';
import { entityHandler, executeActionHandler } from '../http/operation-handlers.ts';
import { validateArguments, quotedName, type ToolInput } from './arguments.ts';
import { byUse } from './tool-order.ts';

/** A tool of the connection: one operation of one entity, or one action. */
interface Offered {
  readonly definition: () => ToolDefinition;
  readonly handler: OperationResponse;
  /** The body's field for the target and its value. A client's arguments cannot change it. */
  readonly target: readonly ['entity' | 'action', string];
  readonly fields: ArgumentFields;
}

/** Maps arguments to fields of the body. Arguments without an entry are not passed on. */
type ArgumentFields = Readonly<Record<string, string>>;

const WRITE: ArgumentFields = { input: 'connectorInputPayload', operationId: 'operationId', priority: 'priority' };
const BODY_FIELDS: Readonly<Record<Operation | 'Action', ArgumentFields>> = {
  List: {
    filterClause: 'filterClause',
    pageSize: 'listEntitiesPageSize',
    pageToken: 'listEntitiesPageToken',
    sortBy: 'listEntitiesSortByColumns',
    fields: 'fields',
    priority: 'priority',
  },
  Get: { id: 'entityId', input: 'connectorInputPayload', priority: 'priority' },
  Create: WRITE,
  Update: { id: 'entityId', ...WRITE },
  Delete: { id: 'entityId', ...WRITE },
  Action: WRITE,
};

/** Limit of the parts of a response that the server itself creates, as JSON: a page of tools, the errors of a batch. */
const MAX_TOOL_RESULT_BYTES = 56_000;
/** Size of the largest tool, with a margin. A test checks the tools against it. */
const MAX_TOOL_BYTES = 20_000;

/**
 * Returns the entities and actions that `tools_allowlist` names as tools. Without the setting: all on an open server,
 * else none.
 */
export function agentTools(connector: Connector): Tools {
  const offered = offeredBy(connector);
  // The remaining bytes for all messages of one request.
  let left = MAX_TOOL_RESULT_BYTES;
  return {
    list(cursor) {
      if (left < MAX_TOOL_BYTES)
        throw new RangeError('the response is full; send this message in a request of its own');
      const tools: Tool[] = [];
      const { nextPageToken } = paged(
        [...offered.keys()],
        (name) => {
          const offeredTool = offered.get(name);
          if (offeredTool === undefined) return false;
          const tool = toolOf(offeredTool.definition());
          const bytes = Buffer.byteLength(JSON.stringify(tool));
          if (bytes > left) return false;
          left -= bytes;
          tools.push(tool);
          return true;
        },
        cursor,
      );
      return { tools, nextCursor: nextPageToken };
    },
    async call(name, input, check) {
      const tool = offered.get(name);
      if (tool === undefined) throw new RangeError(`no tool ${quotedName(name)}, or tools_allowlist does not name it`);
      const outcome = await call(connector, tool, input, check);
      if (!outcome.failed) return outcome;
      // MCP carries the content twice, as an object and as JSON text.
      const text = JSON.stringify(outcome.content);
      left -= Buffer.byteLength(text) + Buffer.byteLength(JSON.stringify(text));
      return left < 0 ? { failed: true, content: shortenError(outcome.content) } : outcome;
    },
  };
}

/** Removes the violations from an error, because earlier messages have filled the response. */
function shortenError(content: ToolOutcome['content']): ToolOutcome['content'] {
  const { error } = content as ReturnType<typeof errorBody>;
  const [info] = error['details'] as readonly object[];
  return { error: { ...error, message: quotedName(String(error['message'])), details: [info] } };
}

const offeredBy = memoizeByRef(
  (connector: Connector): ReadonlyMap<string, Offered> =>
    new Map([...entityTools(connector), ...actionTools(connector)].sort(([name], [other]) => byUse(name, other))),
);

function isOffered({ settings, open }: Connector, call: string): boolean {
  return settings.toolsAllowlist === undefined ? open : matchesAllowlist(settings.toolsAllowlist, call);
}

function entityTools(connector: Connector): [string, Offered][] {
  const { catalog } = connector.deps;
  const discovery = discoveryOf(connector.deps);
  return catalog.names().flatMap((entity) =>
    catalog.operationsOf(entity).flatMap((operation): [string, Offered][] => {
      const call = `${entity}.${operation}`;
      if (!isOffered(connector, call)) return [];
      const details = lazy(() => entityTool(discovery.entity(entity), operation, connector.deps));
      const operationResponse = entityHandler(operation);
      return [
        [
          toolName(call),
          {
            definition: details,
            handler: operationResponse,
            target: ['entity', entity],
            fields: BODY_FIELDS[operation],
          },
        ],
      ];
    }),
  );
}

function actionTools(connector: Connector): [string, Offered][] {
  const { strict } = connector.deps;
  const discovery = discoveryOf(connector.deps);
  const operationResponse = executeActionHandler();
  return discovery.actionNames().flatMap((action): [string, Offered][] => {
    if (!isOffered(connector, action)) return [];
    const details = lazy(() => actionTool(discovery.action(action), strict));
    return [
      [
        toolName(action),
        { definition: details, handler: operationResponse, target: ['action', action], fields: BODY_FIELDS.Action },
      ],
    ];
  });
}

function paged(...[names, fits, cursor]: Parameters<typeof pageOf>): ReturnType<typeof pageOf> {
  try {
    return pageOf(names, fits, cursor);
  } catch {
    throw new RangeError('invalid cursor; use a nextCursor of this server');
  }
}

function toolOf({
  name,
  title,
  description,
  inputSchema,
  readOnly: reads,
  destructive: destroys,
}: ToolDefinition): Tool {
  const annotations = { readOnlyHint: reads, destructiveHint: destroys, idempotentHint: reads, openWorldHint: true };
  return { name, title, description, inputSchema: { ...inputSchema }, annotations };
}

/** Returns the body of the tool's operation: the known arguments, then the target, which overrides them. */
function toRequestBody({ target: [field, name], fields }: Offered, input: ToolInput): object {
  const provided = Object.entries(fields).filter(([argument]) => Object.hasOwn(input, argument));
  return { ...Object.fromEntries(provided.map(([argument, inBody]) => [inBody, input[argument]])), [field]: name };
}

async function call(
  connector: Connector,
  tool: Offered,
  input: ToolInput,
  check: SchemaValidator,
): Promise<ToolOutcome> {
  const { random, settings } = connector;
  const { inputSchema, readOnly: reads } = tool.definition();
  const provided = operationIdIn(input);
  const key = { operationId: provided ?? random.uuid(), fresh: provided === undefined };
  const { operationId } = key;
  try {
    validateArguments(inputSchema, plainNumbers(input) as ToolInput, check);
    const prepared = tool.handler.prepare(connector, toRequestBody(tool, input), {
      operationId,
      freshId: key.fresh,
      withoutSecrets: true,
      names: [tool.target[1]],
      deadlineMs: settings.deadlineMs,
      warnings: new Set(),
    });
    // The hint in the tool and the request must come from the same definition.
    if (prepared.mutates === reads)
      throw new Error(`the hints of the tool ${prepared.name} do not match its operation`);
    const { body: answered, effect } = await prepared.run();
    const { connectorOutputPayload: output, listEntitiesNextPageToken: nextPageToken, ...more } = answered;
    const done = prepared.mutates ? { operationId, effect } : {};
    // Client secrets authorize payments, so they must not reach the client's context.
    return { failed: false, content: { output: maskSensitiveFields(output), nextPageToken, ...more, ...done } };
  } catch (cause) {
    const error = toConnectorError(cause);
    logFailure(() => connector, error);
    const reported = reads ? error : annotateError(error, key, await priorEffect(connector, error, key));
    return { failed: true, content: errorBody(reported) };
  }
}

/** Returns the client's operationId if it is valid. The validation of the arguments rejects an invalid one. */
function operationIdIn(input: ToolInput): string | undefined {
  const provided = Object.hasOwn(input, 'operationId') ? input['operationId'] : undefined;
  return typeof provided === 'string' && isOperationId(provided) ? provided : undefined;
}
