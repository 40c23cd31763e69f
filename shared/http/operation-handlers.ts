import type { Operation } from '../catalog/types.ts';
import { executeAction, requireAction } from '../operations/actions.ts';
import { requireEntity, type ConnectorDeps } from '../operations/connector.ts';
import { create, get, remove, update } from '../operations/entities.ts';
import { list } from '../operations/list/list.ts';
import { ConnectorError, invalidArgument } from '../errors.ts';
import { createOperation, type PreparableOperation, type OperationHandler } from './operation-handler.ts';

/** Creates the handler of one action. */
export function actionHandler(action: string): PreparableOperation {
  return createOperation({
    kind: 'Action',
    mutates: true,
    readOnly: isReadOnlyAction,
    resolveTarget: () => ({ target: action, call: action }),
    run: (deps, _action, body, call) => executeAction(deps, action, body.connectorInputPayload ?? {}, call),
  });
}

/** Creates the handler of all actions of the catalog. The body names the action. */
export function executeActionHandler(): PreparableOperation {
  return createOperation({
    kind: 'ExecuteAction',
    mutates: true,
    readOnly: isReadOnlyAction,
    resolveTarget(body, deps, names) {
      const action = requestedAction(deps, body.action, names);
      return { target: action, call: action };
    },
    run: (deps, action, body, call) => executeAction(deps, action, body.connectorInputPayload ?? {}, call),
  });
}

function isReadOnlyAction(action: string, { catalog }: ConnectorDeps): boolean {
  return requireAction(catalog, action).method === 'GET';
}

/** Creates the handler of an entity operation for all entities that support it. */
export function entityHandler(operation: Operation): PreparableOperation {
  switch (operation) {
    case 'List':
      return createOperation({
        ...entityOperation('List', false),
        run: (deps, entity, body, call) =>
          list(
            deps,
            entity,
            {
              filterClause: body.filterClause,
              pageSize: body.listEntitiesPageSize,
              pageToken: body.listEntitiesPageToken,
              sortByColumns: body.listEntitiesSortByColumns,
              consistency: body.consistency,
              explain: body.explain,
            },
            call,
          ),
      });
    case 'Get':
      return createOperation({
        ...entityOperation('Get', false),
        run: (deps, entity, body, call) => get(deps, entity, body.entityId, body.connectorInputPayload ?? {}, call),
      });
    case 'Create':
      return createOperation({
        ...entityOperation('Create', true),
        run: (deps, entity, body, call) => create(deps, entity, body.connectorInputPayload ?? {}, call),
      });
    case 'Update':
      return createOperation({
        ...entityOperation('Update', true),
        run: (deps, entity, body, call) => update(deps, entity, body, body.connectorInputPayload ?? {}, call),
      });
    case 'Delete':
      return createOperation({
        ...entityOperation('Delete', true),
        run: (deps, entity, body, call) => remove(deps, entity, body, body.connectorInputPayload ?? {}, call),
      });
  }
}

function entityOperation<K extends Operation>(kind: K, writes: boolean): Omit<OperationHandler<K>, 'run'> {
  return {
    kind,
    mutates: writes,
    resolveTarget(body, deps, names) {
      const entity = requestedEntity(deps, body.entity, names);
      return { target: entity, call: `${entity}.${kind}` };
    },
  };
}

/**
 * Returns the entity of a body. A restricted function defaults to its only entity, and rejects an entity that it does
 * not expose.
 */
function requestedEntity(
  deps: ConnectorDeps,
  requested: string | undefined,
  names: readonly string[] | undefined,
): string {
  if (requested === undefined) return soleName('entity', names);
  if (names === undefined) return requireEntity(deps.catalog, requested);
  const entity = deps.catalog.nameOf(requested);
  if (entity !== undefined && names.includes(entity)) return entity;
  throw new ConnectorError('PERMISSION_DENIED', `entity: this function serves ${names.join(', ')} only`, {
    reason: 'ENTITY_NOT_EXPOSED',
  });
}

/**
 * Returns the action of a body. `names` are the actions that the function's manifest entry lists; undefined permits
 * all.
 */
function requestedAction(
  deps: ConnectorDeps,
  requested: string | undefined,
  names: readonly string[] | undefined,
): string {
  const action = requested ?? soleName('action', names);
  if (names === undefined) return requireAction(deps.catalog, action).action;
  if (names.includes(action)) return action;
  const exposed = names.length === 0 ? 'no action, because its manifest entry lists none' : `${names.join(', ')} only`;
  throw new ConnectorError('PERMISSION_DENIED', `action: this function serves ${exposed}`, {
    reason: 'ACTION_NOT_SERVED',
  });
}

/** Returns the only name that the function permits, for a body that names none. Throws unless there is exactly one. */
function soleName(field: string, names: readonly string[] | undefined): string {
  const [only, ...more] = names ?? [];
  if (only !== undefined && more.length === 0) return only;
  const choices = names === undefined || names.length === 0 ? '' : `, one of ${names.join(', ')}`;
  throw invalidArgument([{ field, description: `is required${choices}` }]);
}
