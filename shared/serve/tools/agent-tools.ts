import type { Operation } from '../../catalog/shapes.ts';
import { withEffect } from '../../core/call.ts';
import { publishable } from '../../core/client-secrets.ts';
import type { Connector } from '../../core/connector.ts';
import { isOperationId } from '../../core/ids.ts';
import { plainNumbers } from '../../json/written-number.ts';
import { discoveryOf } from '../../describe/discovery.ts';
import { actionTool, entityTool, toolName, type ToolFacts } from '../../describe/tool.ts';
import { errorBody, unforeseen } from '../../errors.ts';
import { lazily, lazilyOf } from '../../lazily.ts';
import type { SchemaCheck, Tool, ToolOutcome, Tools } from '../../ports/tool-server.ts';
import { allows } from '../allowed.ts';
import { earlyEffect } from '../early-effect.ts';
import { logCause } from '../log-cause.ts';
import { pageOf } from '../name-pages.ts';
import type { Served } from '../service.ts';
import { entityService, executeActionService } from '../services.ts';
import { checkArguments, shownName } from './arguments.ts';

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

/** Tools of a page. */
const PAGE = 50;

/** The entities and actions that `tools_allow` names, as tools. Where it is silent: all on an open server, else none. */
export function agentTools(connector: Connector): Tools {
  const offered = offeredBy(connector);
  return {
    list(cursor) {
      const { names, nextPageToken } = paged([...offered.keys()], cursor);
      const tools = names.flatMap((name) => {
        const found = offered.get(name);
        return found === undefined ? [] : [toolOf(found.facts())];
      });
      return { tools, ...(nextPageToken === undefined ? {} : { nextCursor: nextPageToken }) };
    },
    call(name, input, check) {
      const found = offered.get(name);
      if (found === undefined)
        throw new RangeError(`there is no tool ${shownName(name)}, or tools_allow does not name it`);
      return call(connector, found, input, check);
    },
  };
}

const offeredBy = lazilyOf(
  (connector: Connector): ReadonlyMap<string, Offered> =>
    new Map([...entityTools(connector), ...actionTools(connector)]),
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

function paged(names: readonly string[], cursor: string | undefined): ReturnType<typeof pageOf> {
  try {
    return pageOf(names, PAGE, cursor);
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
    if (!reads) withEffect(error, key, await earlyEffect(connector, error, key));
    return { failed: true, content: errorBody(error) };
  }
}

/** The agent's own; one that cannot be used is refused with the other arguments. */
function operationIdIn(input: Input): string | undefined {
  const given = Object.hasOwn(input, 'operationId') ? input['operationId'] : undefined;
  return typeof given === 'string' && isOperationId(given) ? given : undefined;
}
