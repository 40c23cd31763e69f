/** The tools that a connection offers: the operations and actions that `tools_allowlist` permits. */
import type { Operation } from '../catalog/types.ts';
import type { Connector } from '../operations/connector.ts';
import { discoveryOf } from '../schema/discovery.ts';
import { actionTool, entityTool, toolName, type ToolDefinition } from '../schema/tool.ts';
import { lazy, memoizeByRef } from '../memoize.ts';
import { matchesAllowlist } from '../http/allowlist.ts';
import type { PreparableOperation } from '../http/operation-handler.ts';
import { entityHandler, executeActionHandler } from '../http/operation-handlers.ts';
import type { Tool } from './server.ts';
import { byUse } from './tool-order.ts';

/** A tool of the connection: one operation of one entity, or one action. */
export interface OfferedTool {
  readonly definition: () => ToolDefinition;
  readonly handler: PreparableOperation;
  /**
   * The field of the body that names the entity or the action, and its value. A client's arguments cannot change the
   * value.
   */
  readonly target: readonly ['entity' | 'action', string];
  readonly fields: ArgumentFields;
  /** The entity that the operation or action belongs to. */
  readonly entity: string;
  /** Absent for an action. */
  readonly operation?: Operation;
  /** Returns whether the tool changes nothing at Stripe. */
  readonly readOnly: () => boolean;
}

/** Maps the name of an argument to a field of the body. An argument without an entry is not copied to the body. */
type ArgumentFields = Readonly<Record<string, string>>;

const WRITE: ArgumentFields = {
  input: 'connectorInputPayload',
  operationId: 'operationId',
  priority: 'priority',
  waitFor: 'waitFor',
};
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

/**
 * Returns the tools of a connection by name, the most used ones first. If `tools_allowlist` is not set, an open server
 * offers all tools and any other server offers none.
 */
export const offeredTools = memoizeByRef(
  (connector: Connector): ReadonlyMap<string, OfferedTool> =>
    new Map([...entityTools(connector), ...actionTools(connector)].sort(([name], [other]) => byUse(name, other))),
);

function isOffered({ settings, open }: Connector, call: string): boolean {
  return settings.toolsAllowlist === undefined ? open : matchesAllowlist(settings.toolsAllowlist, call);
}

function entityTools(connector: Connector): [string, OfferedTool][] {
  const { catalog } = connector.deps;
  const discovery = discoveryOf(connector.deps);
  return catalog.names().flatMap((entity) =>
    catalog.operationsOf(entity).flatMap((operation): [string, OfferedTool][] => {
      const call = `${entity}.${operation}`;
      if (!isOffered(connector, call)) return [];
      const handler = entityHandler(operation);
      const tool: OfferedTool = {
        definition: lazy(() => entityTool(discovery.entity(entity), operation, connector.deps)),
        handler,
        target: ['entity', entity],
        fields: BODY_FIELDS[operation],
        entity,
        operation,
        readOnly: () => !handler.mutates,
      };
      return [[toolName(call), tool]];
    }),
  );
}

function actionTools(connector: Connector): [string, OfferedTool][] {
  const { catalog } = connector.deps;
  const discovery = discoveryOf(connector.deps);
  const handler = executeActionHandler();
  return discovery.actionNames().flatMap((action): [string, OfferedTool][] => {
    if (!isOffered(connector, action)) return [];
    const catalogAction = catalog.action(action);
    if (catalogAction === undefined) return [];
    const tool: OfferedTool = {
      definition: lazy(() => actionTool(discovery.action(action), connector.deps)),
      handler,
      target: ['action', action],
      fields: BODY_FIELDS.Action,
      entity: catalogAction.entity,
      readOnly: () => catalogAction.method === 'GET',
    };
    return [[toolName(action), tool]];
  });
}

/** Converts a definition to MCP's format of a tool. */
export function toolOf(tool: ToolDefinition): Tool {
  const { name, title, description, inputSchema } = tool;
  const annotations = {
    readOnlyHint: tool.readOnly,
    destructiveHint: tool.destructive,
    idempotentHint: tool.readOnly,
    openWorldHint: true,
  };
  return { name, title, description, inputSchema: { ...inputSchema }, annotations };
}
