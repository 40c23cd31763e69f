import type { Operation } from '../catalog/types.ts';
import { executeAction, requireAction } from '../operations/actions.ts';
import { requireEntity, type ConnectorDeps } from '../operations/connector.ts';
import { create, get, remove, update } from '../operations/entities.ts';
import { list } from '../operations/list/list.ts';
import { ConnectorError, invalidArgument } from '../errors.ts';
import { toResponse, type OperationResponse, type OperationHandler } from './operation-handler.ts';

/** Creates the handler of one action. */
export function actionHandler(action: string): OperationResponse {
  return toResponse({
    kind: 'Action',
    mutates: true,
    readOnly: readsOnly,
    subject: () => ({ subject: action, call: action }),
    run: (deps, _action, body, call) => executeAction(deps, action, body.connectorInputPayload ?? {}, call),
  });
}

/** Creates the handler of all actions of the catalog. The body names the action. */
export function executeActionHandler(): OperationResponse {
  return toResponse({
    kind: 'ExecuteAction',
    mutates: true,
    readOnly: readsOnly,
    subject(body, deps, names) {
      const action = selectedAction(deps, body.action, names);
      return { subject: action, call: action };
    },
    run: (deps, action, body, call) => executeAction(deps, action, body.connectorInputPayload ?? {}, call),
  });
}

function readsOnly(action: string, { catalog }: ConnectorDeps): boolean {
  return requireAction(catalog, action).method === 'GET';
}

/** Creates the handler of an entity operation for all entities that support it. */
export function entityHandler(operation: Operation): OperationResponse {
  switch (operation) {
    case 'List':
      return toResponse({
        ...ofEntity('List', false),
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
      return toResponse({
        ...ofEntity('Get', false),
        run: (deps, entity, body, call) => get(deps, entity, body.entityId, body.connectorInputPayload ?? {}, call),
      });
    case 'Create':
      return toResponse({
        ...ofEntity('Create', true),
        run: (deps, entity, body, call) => create(deps, entity, body.connectorInputPayload ?? {}, call),
      });
    case 'Update':
      return toResponse({
        ...ofEntity('Update', true),
        run: (deps, entity, body, call) => update(deps, entity, body, body.connectorInputPayload ?? {}, call),
      });
    case 'Delete':
      return toResponse({
        ...ofEntity('Delete', true),
        run: (deps, entity, body, call) => remove(deps, entity, body, body.connectorInputPayload ?? {}, call),
      });
  }
}

function ofEntity<K extends Operation>(kind: K, writes: boolean): Omit<OperationHandler<K>, 'run'> {
  return {
    kind,
    mutates: writes,
    subject(body, deps, names) {
      const entity = entityOf(deps, body.entity, names);
      return { subject: entity, call: `${entity}.${kind}` };
    },
  };
}

/** Returns the entity of a body. A restricted function fills in its only entity and rejects others. */
function entityOf(deps: ConnectorDeps, written: string | undefined, names: readonly string[] | undefined): string {
  if (written === undefined) return onlyOne('entity', names);
  if (names === undefined) return requireEntity(deps.catalog, written);
  const entity = deps.catalog.nameOf(written);
  if (entity !== undefined && names.includes(entity)) return entity;
  throw new ConnectorError('PERMISSION_DENIED', `entity: this function serves ${names.join(', ')} only`, {
    reason: 'ENTITY_NOT_EXPOSED',
  });
}

/** Returns the action of a body. A deployed function exposes the actions that its manifest entry lists. */
function selectedAction(
  deps: ConnectorDeps,
  written: string | undefined,
  names: readonly string[] | undefined,
): string {
  const action = written ?? onlyOne('action', names);
  if (names === undefined) return requireAction(deps.catalog, action).action;
  if (names.includes(action)) return action;
  const served = names.length === 0 ? 'no action, because its manifest entry lists none' : `${names.join(', ')} only`;
  throw new ConnectorError('PERMISSION_DENIED', `action: this function serves ${served}`, {
    reason: 'ACTION_NOT_SERVED',
  });
}

function onlyOne(field: string, names: readonly string[] | undefined): string {
  const [only, ...more] = names ?? [];
  if (only !== undefined && more.length === 0) return only;
  const which = names === undefined || names.length === 0 ? '' : `, one of ${names.join(', ')}`;
  throw invalidArgument([{ field, description: `is required${which}` }]);
}
