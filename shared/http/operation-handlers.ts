import type { Operation } from '../catalog/types.ts';
import { act, requireAction } from '../operations/actions.ts';
import { requireEntity, type ConnectorParts } from '../operations/connector.ts';
import { create, get, list, remove, update } from '../operations/entities.ts';
import { ConnectorError, invalid } from '../errors.ts';
import { served, type Served, type Service } from './operation-handler.ts';

/** One action. */
export function actionService(action: string): Served {
  return served({
    kind: 'Action',
    writes: true,
    reads: readsOnly,
    subject: () => ({ subject: action, call: action }),
    run: (parts, _action, body, call) => act(parts, action, body.connectorInputPayload ?? {}, call),
  });
}

/** Every action of the catalogue, by its name. */
export function executeActionService(): Served {
  return served({
    kind: 'ExecuteAction',
    writes: true,
    reads: readsOnly,
    subject(body, parts, names) {
      const action = actionOf(parts, body.action, names);
      return { subject: action, call: action };
    },
    run: (parts, action, body, call) => act(parts, action, body.connectorInputPayload ?? {}, call),
  });
}

function readsOnly(action: string, { catalogue }: ConnectorParts): boolean {
  return requireAction(catalogue, action).method === 'GET';
}

/** An entity operation, of every entity that has it. */
export function entityService(operation: Operation): Served {
  switch (operation) {
    case 'List':
      return served({
        ...ofEntity('List', false),
        run: (parts, entity, body, call) =>
          list(
            parts,
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
      return served({
        ...ofEntity('Get', false),
        run: (parts, entity, body, call) => get(parts, entity, body.entityId, body.connectorInputPayload ?? {}, call),
      });
    case 'Create':
      return served({
        ...ofEntity('Create', true),
        run: (parts, entity, body, call) => create(parts, entity, body.connectorInputPayload ?? {}, call),
      });
    case 'Update':
      return served({
        ...ofEntity('Update', true),
        run: (parts, entity, body, call) => update(parts, entity, body, body.connectorInputPayload ?? {}, call),
      });
    case 'Delete':
      return served({
        ...ofEntity('Delete', true),
        run: (parts, entity, body, call) => remove(parts, entity, body, body.connectorInputPayload ?? {}, call),
      });
  }
}

function ofEntity<K extends Operation>(kind: K, writes: boolean): Omit<Service<K>, 'run'> {
  return {
    kind,
    writes,
    subject(body, parts, names) {
      const entity = entityOf(parts, body.entity, names);
      return { subject: entity, call: `${entity}.${kind}` };
    },
  };
}

/** The entity of a body; a narrowed function fills it in and refuses any other. */
function entityOf(parts: ConnectorParts, written: string | undefined, names: readonly string[] | undefined): string {
  if (written === undefined) return onlyOne('entity', names);
  if (names === undefined) return requireEntity(parts.catalogue, written);
  const entity = parts.catalogue.nameOf(written);
  if (entity !== undefined && names.includes(entity)) return entity;
  throw new ConnectorError('PERMISSION_DENIED', `entity: this function serves ${names.join(', ')} only`, {
    reason: 'ENTITY_NOT_SERVED',
  });
}

/** The action of a body; a deployment serves those that its manifest row names. */
function actionOf(parts: ConnectorParts, written: string | undefined, names: readonly string[] | undefined): string {
  const action = written ?? onlyOne('action', names);
  if (names === undefined) return requireAction(parts.catalogue, action).action;
  if (names.includes(action)) return action;
  const served = names.length === 0 ? 'no action: its manifest row names none' : `${names.join(', ')} only`;
  throw new ConnectorError('PERMISSION_DENIED', `action: this function serves ${served}`, {
    reason: 'ACTION_NOT_SERVED',
  });
}

function onlyOne(field: string, names: readonly string[] | undefined): string {
  const [only, ...more] = names ?? [];
  if (only !== undefined && more.length === 0) return only;
  const which = names === undefined || names.length === 0 ? '' : `, one of ${names.join(', ')}`;
  throw invalid([{ field, description: `is required${which}` }]);
}
