import { hasId } from '../catalog/routes.ts';
import type { Entity, Operation, OperationDefinition } from '../catalog/types.ts';
import { invalidArgument } from '../errors.ts';
import type { QueryPlan } from '../query/planner.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import { fingerprintOf } from '../idempotency/record.ts';
import { bulkWrite, previewRowRequest, type RowRequest } from './bulk-write.ts';
import { priorityOf, type CallContext } from '../stripe/call-context.ts';
import { operationResult, requireOperation, type OperationResult, type ConnectorDeps } from './connector.ts';
import { previewRequest, dryRun } from './dry-run.ts';
import { explainQuery, explainResult } from './list/explain.ts';
import { readListPage, sortedPage, type RowPage } from './list/paginate.ts';
import { namingOf, type CallNaming } from './request/naming.ts';
import { idempotentRequest } from '../idempotency/idempotent-request.ts';
import { encodePageToken, readPageToken } from './list/page-token.ts';
import { withCallOptions, planEntity } from './request/entity-request.ts';
import { usesNativeOrder, planClause, readSort } from './list/plan.ts';
import { firstRequest, type QueryContext } from './list/executor.ts';
import { resolveParents, type Input } from './request/resolve-path.ts';
import { rowMapper } from './rows/row-mapper.ts';

export interface ListRequest {
  readonly filterClause?: string | undefined;
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
  readonly sortByColumns?: readonly string[] | undefined;
  readonly consistency: 'strong' | 'eventual';
  readonly explain: boolean;
}

/** The target of a write: one object by its id, or all objects that a clause matches. */
export interface WriteTarget {
  readonly entityId?: string | undefined;
  readonly filterClause?: string | undefined;
  readonly maxAffected: number;
  readonly explain: boolean;
}

/** Lists a page of rows that match a clause, sorted by one column. */
export async function list(
  deps: ConnectorDeps,
  name: string,
  request: ListRequest,
  call: CallContext,
): Promise<OperationResult> {
  const { entity, row: definition } = rowOf(deps, name, 'List');
  const clause = request.filterClause?.trim() ?? '';
  const plan = planClause(entity, definition, clause, { eventual: request.consistency === 'eventual' });
  const sort = readSort(entity, definition, request.sortByColumns);
  const nativeOrder = sort === undefined || usesNativeOrder(sort, plan);
  const query = {
    entity: entity.entity,
    clause,
    sort: nativeOrder ? '' : `${sort.column.name} ${sort.descending}`,
    consistency: request.consistency,
    account: call.account ?? '',
  };
  const from = request.pageToken === undefined ? undefined : readPageToken(request.pageToken, query);
  const fieldType = rowMapper(entity, 'List', call, (name) => deps.catalogue.fieldsOf(name));
  const reader = readerOf(deps, entity, plan, call);
  if (request.explain) return explainResult(explainQuery(deps, reader, request.pageSize, !nativeOrder));
  if (call.dryRun === true) return dryRun(deps, firstRequests(reader, request.pageSize));
  const bounds = { pageSize: request.pageSize, scanLimit: deps.scanLimit };
  const page = nativeOrder
    ? await readListPage(reader, from !== undefined && 'at' in from ? from.at : undefined, bounds)
    : await sortedPage(
        reader,
        sort,
        from !== undefined && 'resumeAfter' in from ? from.resumeAfter : undefined,
        bounds,
      );
  const rows = page.rows.map((row) => fieldType(row.object, row.parents));
  return operationResult(rows, 'none', { listEntitiesNextPageToken: tokenOf(page, query) });
}

function tokenOf({ next }: RowPage, query: Parameters<typeof encodePageToken>[0]): string | null {
  return next === null ? null : encodePageToken(query, next);
}

/** Returns one object by its id. */
export async function get(
  deps: ConnectorDeps,
  name: string,
  entityId: string | undefined,
  input: Input,
  call: CallContext,
): Promise<OperationResult> {
  const { entity, row: definition } = rowOf(deps, name, 'Get');
  const naming = namingOf(deps, call, false);
  const { request, parents } = planEntity('Get', entity, definition, entityId, input, naming);
  naming.warn();
  const fieldType = rowMapper(entity, 'Get', call, (name) => deps.catalogue.fieldsOf(name));
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
  const { entity, row: definition } = rowOf(deps, name, 'Create');
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
    const { entity, row: definition } = rowOf(deps, name, operation);
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
  const whole = withCallOptions(request, call);
  if (explain) {
    const requests = [previewRequest(deps, whole)];
    return explainResult({
      requests,
      clientFilters: [],
      clientSort: false,
      priority: priorityOf(call, whole),
      minRequests: 1,
      minRequestsPerPage: 1,
    });
  }
  if (call.dryRun === true) return dryRun(deps, [whole]);
  const native = call.outputFormat === 'native';
  const body = await idempotentRequest(deps, whole, call, native ? 'object' : 'id');
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
  const { row: definition } = rowOf(deps, entity.entity, 'List');
  // Rows to write are read with strong consistency: a search index that lags would miss some.
  const bulk: CallContext = { ...call, priority: 'bulk' };
  const reader = readerOf(deps, entity, planClause(entity, definition, clause, { eventual: false }), bulk);
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

function rowOf(deps: ConnectorDeps, name: string, operation: Operation): { entity: Entity; row: OperationDefinition } {
  requireOperation(deps.catalogue, name, operation);
  const entity = deps.catalogue.entity(name);
  return { entity, row: entity.operations[operation] as OperationDefinition };
}

function readerOf(deps: ConnectorDeps, entity: Entity, plan: QueryPlan, call: CallContext): QueryContext {
  return { deps, entity, plan, expand: call.expand ?? [], call };
}

function firstRequests(reader: QueryContext, pageSize: number): StripeRequest[] {
  const size = reader.plan.clientFilters.length > 0 ? 100 : pageSize;
  return reader.plan.branches.map((branch) => firstRequest(reader, branch, size));
}

function expanded(request: StripeRequest, { expand }: CallContext): StripeRequest {
  if (expand === undefined || expand.length === 0) return request;
  const requested = Array.isArray(request.params['expand']) ? (request.params['expand'] as string[]) : [];
  return { ...request, params: { ...request.params, expand: [...new Set([...requested, ...expand])] } };
}

/**
 * Returns the clause, or undefined for a write by id. Exactly one of them must be set, and an empty clause is rejected.
 */
function clauseOf(entity: Entity, definition: OperationDefinition, target: WriteTarget): string | undefined {
  if (target.entityId !== undefined && target.filterClause !== undefined) {
    throw invalidArgument([
      { field: 'filterClause', description: 'must not be combined with entityId; send only one of them' },
    ]);
  }
  if (target.filterClause !== undefined) {
    if (target.filterClause.trim() === '') {
      throw invalidArgument([
        { field: 'filterClause', description: 'must not be empty; an empty clause never selects every row' },
      ]);
    }
    return target.filterClause.trim();
  }
  if (target.entityId === undefined && hasId(definition)) {
    throw invalidArgument([
      { field: 'entityId', description: `is required; set entityId or filterClause to select the ${entity.entity}` },
    ]);
  }
  return undefined;
}
