import type { Entity, OperationRow } from '../catalog/shapes.ts';
import { invalid } from '../errors.ts';
import type { StripeRequest } from '../ports/stripe.ts';
import type { Call } from './call.ts';
import { checkId, pathWithId } from './ids.ts';
import { toParams } from './inputs.ts';

type Input = Readonly<Record<string, unknown>>;

/** The path of one object: with its id, or without for a singleton. */
function objectPath(entity: Entity, row: OperationRow, entityId: string | undefined): string {
  if (row.path.includes('{id}')) return pathWithId(row.path, checkId('entityId', entityId));
  if (entityId !== undefined) {
    throw invalid([{ field: 'entityId', description: `there is one ${entity.entity} per account; it has no id` }]);
  }
  return row.path;
}

export function planGet(
  entity: Entity,
  row: OperationRow,
  entityId: string | undefined,
  input: Input,
  strict: boolean,
): StripeRequest {
  const params = toParams(input, { entity: entity.entity, fields: row.params, kind: 'action', strict });
  return { method: 'GET', path: objectPath(entity, row, entityId), params };
}

export function planCreate(entity: Entity, row: OperationRow, input: Input, strict: boolean): StripeRequest {
  const params = toParams(input, { entity: entity.entity, fields: row.params, kind: 'create', strict });
  return { method: 'POST', path: row.path, params };
}

export function planUpdate(
  entity: Entity,
  row: OperationRow,
  entityId: string | undefined,
  input: Input,
  strict: boolean,
): StripeRequest {
  const path = objectPath(entity, row, entityId);
  if (Object.keys(input).length === 0) {
    throw invalid([{ field: 'connectorInputPayload', description: 'must name at least one field to update' }]);
  }
  const params = toParams(input, { entity: entity.entity, fields: row.params, kind: 'update', strict });
  return { method: 'POST', path, params };
}

export function planDelete(entity: Entity, row: OperationRow, entityId: string | undefined): StripeRequest {
  return { method: 'DELETE', path: objectPath(entity, row, entityId), params: {} };
}

/** The plan with the caller's key and account on it. */
export function addressed(plan: StripeRequest, call: Call): StripeRequest {
  return {
    ...plan,
    ...(plan.method === 'POST' && call.operationId !== undefined ? { idempotencyKey: call.operationId } : {}),
    ...(call.account === undefined ? {} : { account: call.account }),
  };
}
