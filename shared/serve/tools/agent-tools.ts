import type { Operation } from '../../catalog/shapes.ts';
import { withEffect } from '../../core/call.ts';
import { publishable } from '../../core/client-secrets.ts';
import type { Connector } from '../../core/connector.ts';
import { discoveryOf } from '../../describe/discovery.ts';
import { actionTool, entityTool, toolName, type ToolFacts } from '../../describe/tool.ts';
import { errorBody, unforeseen } from '../../errors.ts';
import { lazilyOf } from '../../lazily.ts';
import type { Tool, ToolOutcome, Tools } from '../../ports/tool-server.ts';
import { allows } from '../allowed.ts';
import { logCause } from '../log-cause.ts';
import { pageOf } from '../name-pages.ts';
import type { Served } from '../service.ts';
import { entityService, executeActionService } from '../services.ts';

type Input = Readonly<Record<string, unknown>>;

/** A tool that the connection offers. */
interface Offered {
  readonly facts: () => ToolFacts;
  readonly service: Served;
  readonly reads: boolean;
  readonly body: (input: Input) => object;
}

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
    call(name, input) {
      const found = offered.get(name);
      if (found === undefined) throw new RangeError(`there is no tool ${name}, or tools_allow does not name it`);
      return call(connector, found, input);
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
  const { catalogue } = connector.parts;
  const discovery = discoveryOf(catalogue);
  return catalogue.names().flatMap((entity) =>
    catalogue.operationsOf(entity).flatMap((operation): [string, Offered][] => {
      const call = `${entity}.${operation}`;
      if (!isOffered(connector, call)) return [];
      const facts = (): ToolFacts => entityTool(discovery.entity(entity), operation);
      const service = entityService(operation);
      return [
        [
          toolName(call),
          { facts, service, reads: !service.writes, body: (input) => entityBody(entity, operation, input) },
        ],
      ];
    }),
  );
}

function entityBody(entity: string, operation: Operation, input: Input): object {
  const { id, input: payload, operationId, pageSize, pageToken, sortBy, ...rest } = input;
  return {
    entity,
    entityId: id,
    operationId,
    ...(operation === 'List'
      ? { listEntitiesPageSize: pageSize, listEntitiesPageToken: pageToken, listEntitiesSortByColumns: sortBy }
      : { connectorInputPayload: payload }),
    ...rest,
  };
}

function actionTools(connector: Connector): [string, Offered][] {
  const discovery = discoveryOf(connector.parts.catalogue);
  const service = executeActionService();
  return discovery.actionNames().flatMap((action): [string, Offered][] => {
    if (!isOffered(connector, action)) return [];
    const { reads } = discovery.action(action);
    const facts = (): ToolFacts => actionTool(discovery.action(action));
    const body = ({ input, ...rest }: Input): object => ({ action, connectorInputPayload: input, ...rest });
    return [[toolName(action), { facts, service, reads, body }]];
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

async function call(connector: Connector, { service, reads, body }: Offered, input: Input): Promise<ToolOutcome> {
  const { random, settings } = connector;
  const { operationId = random.uuid() } = input as { operationId?: string };
  const own = reads ? {} : { operationId };
  try {
    const given = Object.fromEntries(Object.entries(body(input)).filter(([, value]) => value !== undefined));
    const prepared = service.prepare(connector, given, { ...own, deadlineMs: settings.deadlineMs, told: new Set() });
    const { body: answered, effect } = await prepared.run();
    const { connectorOutputPayload: output, listEntitiesNextPageToken: nextPageToken, ...more } = answered;
    const page = nextPageToken === undefined ? {} : { nextPageToken };
    const done = reads ? {} : { operationId, effect };
    // An agent's memory is no place for what opens a payment.
    return { failed: false, content: { output: publishable(output), ...page, ...more, ...done } };
  } catch (cause) {
    const error = unforeseen(cause);
    if (error.status === 'INTERNAL') logCause(() => connector, error);
    if (!reads) withEffect(error, { operationId }, 'none');
    return { failed: true, content: errorBody(error) };
  }
}
