import type { Operation } from '../catalog/types.ts';
import { withEffect } from '../stripe/call-context.ts';
import { publishable } from '../stripe/sensitive-fields.ts';
import type { Connector } from '../operations/connector.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { plainNumbers } from '../json/written-number.ts';
import { discoveryOf } from '../schema/discovery.ts';
import { actionTool, entityTool, toolName, type ToolFacts } from '../schema/tool.ts';
import { errorBody, unforeseen } from '../errors.ts';
import { lazily, lazilyOf } from '../memoize.ts';
import type { SchemaCheck, Tool, ToolOutcome, Tools } from './server.ts';
import { allows } from '../http/allowlist.ts';
import { earlyEffect } from '../http/prior-effect.ts';
import { logCause } from '../http/log-cause.ts';
import { pageOf } from '../schema/paginate-names.ts';
import type { Served } from '../http/operation-handler.ts';
import { entityService, executeActionService } from '../http/operation-handlers.ts';
import { checkArguments, shownName } from './arguments.ts';
import { byUse } from './tool-order.ts';

type Input = Readonly<Record<string, unknown>>;

/** A tool that the connection offers: one operation of one entity, or one action. */
interface Offered {
  readonly facts: () => ToolFacts;
  readonly service: Served;
  /** The body's name of what the tool stands for, and that: no argument of an agent reaches it. */
  readonly subject: readonly ['entity' | 'action', string];
  readonly fields: Fields;
}

/** Arguments by the names of the bodies' fields. An argument without a row here reaches no body. */
type Fields = Readonly<Record<string, string>>;

const WRITE: Fields = { input: 'connectorInputPayload', operationId: 'operationId' };
const FIELDS: Readonly<Record<Operation | 'Action', Fields>> = {
  List: {
    filterClause: 'filterClause',
    pageSize: 'listEntitiesPageSize',
    pageToken: 'listEntitiesPageToken',
    sortBy: 'listEntitiesSortByColumns',
    fields: 'fields',
  },
  Get: { id: 'entityId', input: 'connectorInputPayload' },
  Create: WRITE,
  Update: { id: 'entityId', ...WRITE },
  Delete: { id: 'entityId', ...WRITE },
  Action: WRITE,
};

/** Bytes of one answer that is the server's own, as JSON: the tools of a page, the errors of a batch. */
const LARGEST_ANSWER = 56_000;
/** Bytes of the largest tool, with room: a test holds the tools to it. */
const LARGEST_TOOL = 20_000;

/** The entities and actions that `tools_allow` names, as tools. Where it is silent: all on an open server, else none. */
export function agentTools(connector: Connector): Tools {
  const offered = offeredBy(connector);
  // Of all messages of one request.
  let left = LARGEST_ANSWER;
  return {
    list(cursor) {
      if (left < LARGEST_TOOL) throw new RangeError('the answer is full: send this message alone');
      const tools: Tool[] = [];
      const { nextPageToken } = paged(
        [...offered.keys()],
        (name) => {
          const found = offered.get(name);
          if (found === undefined) return false;
          const tool = toolOf(found.facts());
          const bytes = Buffer.byteLength(JSON.stringify(tool));
          if (bytes > left) return false;
          left -= bytes;
          tools.push(tool);
          return true;
        },
        cursor,
      );
      return { tools, ...(nextPageToken === undefined ? {} : { nextCursor: nextPageToken }) };
    },
    async call(name, input, check) {
      const found = offered.get(name);
      if (found === undefined)
        throw new RangeError(`there is no tool ${shownName(name)}, or tools_allow does not name it`);
      const outcome = await call(connector, found, input, check);
      if (!outcome.failed) return outcome;
      // The protocol carries it twice, as an object and as text in JSON.
      const text = JSON.stringify(outcome.content);
      left -= Buffer.byteLength(text) + Buffer.byteLength(JSON.stringify(text));
      return left < 0 ? { failed: true, content: inFewWords(outcome.content) } : outcome;
    },
  };
}

/** An error without its violations: those of the messages before it fill the answer. */
function inFewWords(content: ToolOutcome['content']): ToolOutcome['content'] {
  const { error } = content as ReturnType<typeof errorBody>;
  const [info] = error['details'] as readonly object[];
  return { error: { ...error, message: shownName(String(error['message'])), details: [info] } };
}

const offeredBy = lazilyOf(
  (connector: Connector): ReadonlyMap<string, Offered> =>
    new Map([...entityTools(connector), ...actionTools(connector)].sort(([one], [other]) => byUse(one, other))),
);

function isOffered({ settings, open }: Connector, call: string): boolean {
  return settings.toolsAllow === undefined ? open : allows(settings.toolsAllow, call);
}

function entityTools(connector: Connector): [string, Offered][] {
  const { catalogue, strict } = connector.parts;
  const discovery = discoveryOf(catalogue);
  return catalogue.names().flatMap((entity) =>
    catalogue.operationsOf(entity).flatMap((operation): [string, Offered][] => {
      const call = `${entity}.${operation}`;
      if (!isOffered(connector, call)) return [];
      const facts = lazily(() => entityTool(discovery.entity(entity), operation, strict));
      const service = entityService(operation);
      return [[toolName(call), { facts, service, subject: ['entity', entity], fields: FIELDS[operation] }]];
    }),
  );
}

function actionTools(connector: Connector): [string, Offered][] {
  const { catalogue, strict } = connector.parts;
  const discovery = discoveryOf(catalogue);
  const service = executeActionService();
  return discovery.actionNames().flatMap((action): [string, Offered][] => {
    if (!isOffered(connector, action)) return [];
    const facts = lazily(() => actionTool(discovery.action(action), strict));
    return [[toolName(action), { facts, service, subject: ['action', action], fields: FIELDS.Action }]];
  });
}

function paged(...[names, fits, cursor]: Parameters<typeof pageOf>): ReturnType<typeof pageOf> {
  try {
    return pageOf(names, fits, cursor);
  } catch {
    throw new RangeError('cursor: is none that this server gave');
  }
}

function toolOf({ name, title, description, inputSchema, reads, destroys }: ToolFacts): Tool {
  const annotations = { readOnlyHint: reads, destructiveHint: destroys, idempotentHint: reads, openWorldHint: true };
  return { name, title, description, inputSchema: { ...inputSchema }, annotations };
}

/** The body of the tool's own operation: known arguments by name, and what the tool stands for last. */
function bodyOf({ subject: [field, name], fields }: Offered, input: Input): object {
  const given = Object.entries(fields).filter(([argument]) => Object.hasOwn(input, argument));
  return { ...Object.fromEntries(given.map(([argument, inBody]) => [inBody, input[argument]])), [field]: name };
}

async function call(connector: Connector, tool: Offered, input: Input, check: SchemaCheck): Promise<ToolOutcome> {
  const { random, settings } = connector;
  const { inputSchema, reads } = tool.facts();
  const given = operationIdIn(input);
  const key = { operationId: given ?? random.uuid(), fresh: given === undefined };
  const { operationId } = key;
  try {
    checkArguments(inputSchema, plainNumbers(input) as Input, check);
    const prepared = tool.service.prepare(connector, bodyOf(tool, input), {
      operationId,
      freshId: key.fresh,
      withoutSecrets: true,
      names: [tool.subject[1]],
      deadlineMs: settings.deadlineMs,
      told: new Set(),
    });
    // The hint that an agent goes by and the request must come from the same row.
    if (prepared.writes === reads) throw new Error(`${prepared.name} is not what its tool says of it`);
    const { body: answered, effect } = await prepared.run();
    const { connectorOutputPayload: output, listEntitiesNextPageToken: nextPageToken, ...more } = answered;
    const page = nextPageToken === undefined ? {} : { nextPageToken };
    const done = prepared.writes ? { operationId, effect } : {};
    // An agent's memory is no place for what opens a payment.
    return { failed: false, content: { output: publishable(output), ...page, ...more, ...done } };
  } catch (cause) {
    const error = unforeseen(cause);
    if (error.status === 'INTERNAL') logCause(() => connector, error);
    const told = reads ? error : withEffect(error, key, await earlyEffect(connector, error, key));
    return { failed: true, content: errorBody(told) };
  }
}

/** The agent's own; one that cannot be used is refused with the other arguments. */
function operationIdIn(input: Input): string | undefined {
  const given = Object.hasOwn(input, 'operationId') ? input['operationId'] : undefined;
  return typeof given === 'string' && isOperationId(given) ? given : undefined;
}
