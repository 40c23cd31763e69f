import type { Entity } from '../catalog/types.ts';
import { fingerprintOf } from '../idempotency/fingerprint.ts';
import { idempotentRequest } from '../idempotency/idempotent-request.ts';
import { priorityOf, type CallContext } from '../stripe/call-context.ts';
import type { StripeObject, StripeRequest } from '../stripe/transport.ts';
import { bulkWrite, previewRowRequest, type RowRequest } from './bulk-write.ts';
import { operationResult, type OperationResult, type ConnectorDeps } from './connector.ts';
import { definitionOf } from './definition.ts';
import { previewRequest, dryRun } from './dry-run.ts';
import { explainQuery, explainResult } from './list/explain.ts';
import { firstRequests, MAX_PAGE_ROWS, queryContext } from './list/list-requests.ts';
import { planClause } from './list/plan.ts';
import { withCallOptions, buildEntityRequest } from './request/entity-request.ts';
import { withMissingInputName } from './request/missing-input.ts';
import { createInputPolicy, type CallInputPolicy } from './request/input-policy.ts';
import { parentInputs, type Input } from './request/resolve-path.ts';
import { rowMapper } from './rows/row-mapper.ts';
import { clauseOf, type WriteTarget } from './write-target.ts';

/** Returns one object by its id. */
export async function get(
  deps: ConnectorDeps,
  name: string,
  entityId: string | undefined,
  input: Input,
  call: CallContext,
): Promise<OperationResult> {
  const { entity, definition } = definitionOf(deps, name, 'Get');
  const inputPolicy = createInputPolicy(deps, call, false);
  const { request, parents } = buildEntityRequest('Get', entity, definition, entityId, input, inputPolicy);
  inputPolicy.warn();
  const toRow = rowMapper(entity, 'Get', call, (name) => deps.catalog.fieldsOf(name));
  const fullRequest = withCallOptions(withExpansions(request, call), call);
  if (call.dryRun === true) return dryRun(deps, [fullRequest]);
  const { body } = await deps.stripe.request(fullRequest, call);
  return operationResult(toRow(body, parents), 'none');
}

/** Creates an object. */
export async function create(
  deps: ConnectorDeps,
  name: string,
  input: Input,
  call: CallContext,
): Promise<OperationResult> {
  const { entity, definition } = definitionOf(deps, name, 'Create');
  const inputPolicy = createInputPolicy(deps, call, true);
  const { request } = buildEntityRequest('Create', entity, definition, undefined, input, inputPolicy);
  return withMissingInputName(definition.params, write(deps, request, inputPolicy, call));
}

export const update = updateOrDelete('Update');
export const remove = updateOrDelete('Delete');

/** Returns the function that updates or deletes one object by its id, or every row of a clause. */
function updateOrDelete(operation: 'Update' | 'Delete') {
  return async (
    deps: ConnectorDeps,
    name: string,
    target: WriteTarget,
    input: Input,
    call: CallContext,
  ): Promise<OperationResult> => {
    const { entity, definition } = definitionOf(deps, name, operation);
    const clause = clauseOf(entity, definition, target);
    const inputPolicy = createInputPolicy(deps, call, true);
    const buildRequest = (id: string | undefined, parents: Input = {}): StripeRequest =>
      buildEntityRequest(operation, entity, definition, id, { ...input, ...parents }, inputPolicy).request;
    if (clause === undefined) return write(deps, buildRequest(target.entityId), inputPolicy, call, target.explain);
    const buildRowRequest: RowRequest = (id, parents) => buildRequest(id, parentInputs(parents));
    return writeClause(deps, entity, clause, buildRowRequest, target, inputPolicy, call);
  };
}

/**
 * Writes one object, or previews the write for `explain` and `dryRun`. In the `connector` format the payload is `{"Id":
 * ...}`, where `Id` is null if the object has none, or `{}` for a Delete.
 */
async function write(
  deps: ConnectorDeps,
  request: StripeRequest,
  inputPolicy: CallInputPolicy,
  call: CallContext,
  explain = false,
): Promise<OperationResult> {
  const warnings = inputPolicy.warn();
  const outgoing = withCallOptions(request, call);
  if (explain) {
    const requests = [previewRequest(deps, outgoing)];
    return explainResult({
      requests,
      clientFilters: [],
      clientSort: false,
      priority: priorityOf(call, outgoing),
      minRequests: 1,
      minRequestsPerPage: 1,
    });
  }
  if (call.dryRun === true) return dryRun(deps, [outgoing]);
  const native = call.outputFormat === 'native';
  const body = await idempotentRequest(deps, outgoing, call, native ? 'object' : 'id');
  return operationResult(native ? body : writePayload(request, body), 'done', warnings);
}

function writePayload({ method }: StripeRequest, body: StripeObject): object {
  return method === 'DELETE' ? {} : { Id: body['id'] ?? null };
}

/** Writes every row of a clause, or previews the writes for `explain` and `dryRun`. */
async function writeClause(
  deps: ConnectorDeps,
  entity: Entity,
  clause: string,
  buildRowRequest: RowRequest,
  { maxAffected, explain }: WriteTarget,
  inputPolicy: CallInputPolicy,
  call: CallContext,
): Promise<OperationResult> {
  const { definition } = definitionOf(deps, entity.entity, 'List');
  const bulkCall: CallContext = { ...call, priority: 'bulk' };
  // The plan must not use the Search API, because its index is updated late and would miss some of the rows.
  const context = queryContext(deps, entity, planClause(entity, definition, clause, { eventual: false }), bulkCall);
  // Invalid input is reported before any row is listed.
  const rowPreview = previewRowRequest(deps, context, buildRowRequest, call);
  inputPolicy.warn();
  if (explain) {
    const explanation = explainQuery(deps, context, MAX_PAGE_ROWS, false);
    return explainResult({ ...explanation, eachRow: previewRequest(deps, rowPreview) });
  }
  if (call.dryRun === true) return dryRun(deps, [...firstRequests(context, MAX_PAGE_ROWS), rowPreview]);
  const { method, path, params, account } = rowPreview;
  const fingerprint = fingerprintOf({ clause, method, path, params, account });
  return bulkWrite(deps, context, buildRowRequest, { fingerprint, maxAffected }, bulkCall);
}

/** Adds the expansions of a call to its request. */
function withExpansions(request: StripeRequest, { expand }: CallContext): StripeRequest {
  if (expand === undefined || expand.length === 0) return request;
  const requested = Array.isArray(request.params['expand']) ? (request.params['expand'] as string[]) : [];
  return { ...request, params: { ...request.params, expand: [...new Set([...requested, ...expand])] } };
}
