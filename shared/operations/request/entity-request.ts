import { isApiV2, acceptsIdempotencyKey } from '../../stripe/idempotency-key.ts';
import type { Entity, OperationDefinition } from '../../catalog/types.ts';
import type { StripeRequest } from '../../stripe/transport.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import { withFile } from '../../stripe/file-part.ts';
import { toParams, type InputRules, type InputPolicy } from './params/params.ts';
import { resolvePath, type ResolvedPath, type Input } from './resolve-path.ts';

/** The request of an operation on an entity, and the ids of the parents in its path. */
export interface EntityRequest {
  readonly request: StripeRequest;
  readonly parents: ResolvedPath['parents'];
}

/** The HTTP method of each operation on one object, and how its inputs are validated. */
const OPERATION_REQUESTS = {
  Get: { method: 'GET', kind: 'action' },
  Create: { method: 'POST', kind: 'create' },
  Update: { method: 'POST', kind: 'update' },
  Delete: { method: 'DELETE', kind: 'action' },
} as const;

/** Builds the request of an operation on one object. `entityId` is undefined for a Create and a singleton. */
export function buildEntityRequest(
  operation: keyof typeof OPERATION_REQUESTS,
  entity: Entity,
  definition: OperationDefinition,
  entityId: string | undefined,
  input: Input,
  inputPolicy: InputPolicy,
): EntityRequest {
  const { method, kind } = OPERATION_REQUESTS[operation];
  const { route, path, rest, parents } = resolvePath(entity, definition, entityId, input);
  const params = toParams(rest, {
    entity: entity.entity,
    fields: route.params,
    kind,
    ...inputPolicy,
    ...emptyValueRule(path),
  });
  return { request: withFile({ method, path, params: { ...params, ...route.fixed } }, route), parents };
}

/**
 * Returns the rule for clearing a field: null in API v2, which uses JSON. In API v1 the default of the rules, an empty
 * text, applies.
 */
export function emptyValueRule(path: string): Pick<InputRules, 'emptyValue'> {
  return isApiV2(path) ? { emptyValue: null } : {};
}

/** Adds the call's idempotency key and account to a request. */
export function withCallOptions(request: StripeRequest, call: CallContext): StripeRequest {
  const sendsKey = acceptsIdempotencyKey(request.method, request.path);
  return {
    ...request,
    idempotencyKey: sendsKey ? call.operationId : undefined,
    account: call.account,
  };
}
