import type { Operation } from '../../catalog/types.ts';
import type { Call } from '../api.ts';
import type { Values } from './fields.tsx';

/** The content of the form of an operation or action. */
export interface Draft {
  readonly entityId: string;
  readonly filterClause: string;
  readonly sortBy: string;
  readonly pageSize: string;
  readonly consistency: 'strong' | 'eventual';
  readonly maxAffected: string;
  readonly operationId: string;
  readonly accountId: string;
  readonly payload: Values;
}

export const EMPTY: Draft = {
  entityId: '',
  filterClause: '',
  sortBy: '',
  pageSize: '',
  consistency: 'strong',
  maxAffected: '',
  operationId: '',
  accountId: '',
  payload: {},
};

export type CallTarget =
  | { readonly kind: 'entity'; readonly entity: string; readonly operation: Operation }
  | { readonly kind: 'action'; readonly action: string; readonly reads: boolean };

const FUNCTIONS: Readonly<Record<Operation, string>> = {
  List: 'list-entities',
  Get: 'get-entity',
  Create: 'create-entity',
  Update: 'update-entity',
  Delete: 'delete-entity',
};

/** Returns whether the operation or action only reads. */
export function reads(target: CallTarget): boolean {
  return target.kind === 'action' ? target.reads : target.operation === 'List' || target.operation === 'Get';
}

/** Returns the call of a form, without empty fields. */
export function buildCall(target: CallTarget, draft: Draft): Call {
  const common = { operationId: reads(target) ? '' : draft.operationId, accountId: draft.accountId };
  if (target.kind === 'action')
    return {
      functionName: 'execute-action',
      body: withoutEmptyText({ action: target.action, connectorInputPayload: draft.payload, ...common }),
    };
  const { entity, operation } = target;
  const { entityId, filterClause } = draft;
  const payload = Object.keys(draft.payload).length === 0 ? '' : draft.payload;
  const bodies: Readonly<Record<Operation, object>> = {
    List: {
      filterClause,
      listEntitiesPageSize: numbered(draft.pageSize),
      listEntitiesSortByColumns: draft.sortBy === '' ? '' : [draft.sortBy],
      consistency: draft.consistency === 'strong' ? '' : draft.consistency,
    },
    Get: { entityId, connectorInputPayload: payload },
    Create: { connectorInputPayload: draft.payload },
    Update: { entityId, filterClause, maxAffected: numbered(draft.maxAffected), connectorInputPayload: draft.payload },
    Delete: { entityId, filterClause, maxAffected: numbered(draft.maxAffected), connectorInputPayload: payload },
  };
  return { functionName: FUNCTIONS[operation], body: withoutEmptyText({ entity, ...bodies[operation], ...common }) };
}

/** Returns whether the operation supports `explain`. */
export function explains(target: CallTarget, { filterClause }: Draft): boolean {
  if (target.kind === 'action') return false;
  return target.operation === 'List' || (['Update', 'Delete'].includes(target.operation) && filterClause !== '');
}

function withoutEmptyText(body: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== ''));
}

function numbered(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}
