import type { Entity } from '../catalog/types.ts';
import { fingerprintOf } from '../idempotency/fingerprint.ts';
import { idempotentRequest } from '../idempotency/idempotent-request.ts';
import { priorityOf, type CallContext } from '../stripe/call-context.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import { bulkWrite, previewRowRequest, type RowRequest } from './bulk-write.ts';
import { operationResult, type OperationResult, type ConnectorDeps } from './connector.ts';
import { definitionOf } from './definition.ts';
import { previewRequest, dryRun } from './dry-run.ts';
import { explainQuery, explainResult } from './list/explain.ts';
import { firstRequests, queryContext } from './list/list-requests.ts';
import { planClause } from './list/plan.ts';
import { withCallOptions, planEntity } from './request/entity-request.ts';
import { namingOf, type CallNaming } from './request/naming.ts';
import { resolveParents, type Input } from './request/resolve-path.ts';
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
  const naming = namingOf(deps, call, false);
  const { request, parents } = planEntity('Get', entity, definition, entityId, input, naming);
  naming.warn();
  const fieldType = rowMapper(entity, 'Get', call, (name) => deps.catalog.fieldsOf(name));
  const whole = withCallOptions(expanded(request, call), call);
  if (call.dryRun === true) return dryRun(deps, [whole]);
  const { body } = await deps.stripe.request(whole, call);
  return operationResult(fieldType(body, parents), 'none');
}

/** Creates an object. */
export async function create(
  deps: ConnectorDeps,
  name: string,
  input: Input,
  call: CallContext,
): Promise<OperationResult> {
  const { entity, definition } = definitionOf(deps, name, 'Create');
  const naming = namingOf(deps, call, true);
  return write(deps, planEntity('Create', entity, definition, undefined, input, naming).request, naming, call);
}

export const update = changing('Update');
export const remove = changing('Delete');

/** Returns an operation on one object by its id, or on every row of a clause. */
function changing(operation: 'Update' | 'Delete') {
  return async (
    deps: ConnectorDeps,
    name: string,
    target: WriteTarget,
    input: Input,
    call: CallContext,
  ): Promise<OperationResult> => {
    const { entity, definition } = definitionOf(deps, name, operation);
    const clause = clauseOf(entity, definition, target);
    const naming = namingOf(deps, call, true);
    const plan = (id: string | undefined, parents: Input = {}): StripeRequest =>
      planEntity(operation, entity, definition, id, { ...input, ...parents }, naming).request;
    if (clause === undefined) return write(deps, plan(target.entityId), naming, call, target.explain);
    const ofRow: RowRequest = (id, parents) => plan(id, resolveParents(parents));
    return writeClause(deps, entity, clause, ofRow, target, naming, call);
  };
}

/** Writes one object. The payload is `{"Id": ...}` (null if the object has no id), for a Delete `{}`. */
async function write(
  deps: ConnectorDeps,
  request: StripeRequest,
  naming: CallNaming,
  call: CallContext,
  explain = false,
): Promise<OperationResult> {
  const warnings = naming.warn();
  const sent = withCallOptions(request, call);
  if (explain) {
    const requests = [previewRequest(deps, sent)];
    return explainResult({
      requests,
      clientFilters: [],
      clientSort: false,
      priority: priorityOf(call, sent),
      minRequests: 1,
      minRequestsPerPage: 1,
    });
  }
  if (call.dryRun === true) return dryRun(deps, [sent]);
  const native = call.outputFormat === 'native';
  const body = await idempotentRequest(deps, sent, call, native ? 'object' : 'id');
  const payload = native ? body : request.method === 'DELETE' ? {} : { Id: body['id'] ?? null };
  return operationResult(payload, 'done', warnings);
}

async function writeClause(
  deps: ConnectorDeps,
  entity: Entity,
  clause: string,
  plan: RowRequest,
  { maxAffected, explain }: WriteTarget,
  naming: CallNaming,
  call: CallContext,
): Promise<OperationResult> {
  const { definition } = definitionOf(deps, entity.entity, 'List');
  // Rows to write are read with strong consistency: a search index that lags would miss some.
  const bulk: CallContext = { ...call, priority: 'bulk' };
  const reader = queryContext(deps, entity, planClause(entity, definition, clause, { eventual: false }), bulk);
  // Invalid input is reported before any row is listed.
  const each = previewRowRequest(deps, reader, plan, call);
  naming.warn();
  if (explain) {
    const explanation = explainQuery(deps, reader, 100, false);
    return explainResult({ ...explanation, eachRow: previewRequest(deps, each) });
  }
  if (call.dryRun === true) return dryRun(deps, [...firstRequests(reader, 100), each]);
  const { method, path, params, account } = each;
  const fingerprint = fingerprintOf({ clause, method, path, params, account });
  return bulkWrite(deps, reader, plan, { fingerprint, maxAffected }, bulk);
}

function expanded(request: StripeRequest, { expand }: CallContext): StripeRequest {
  if (expand === undefined || expand.length === 0) return request;
  const requested = Array.isArray(request.params['expand']) ? (request.params['expand'] as string[]) : [];
  return { ...request, params: { ...request.params, expand: [...new Set([...requested, ...expand])] } };
}
