import type { Entity, Operation, OperationDefinition } from '../catalog/types.ts';
import { invalidArgument } from '../errors.ts';
import type { QueryPlan } from '../query/planner.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import { fingerprintOf } from '../idempotency/record.ts';
import { bulkWrite, previewRowRequest, type RowRequest } from './bulk-write.ts';
import type { CallContext } from '../stripe/call-context.ts';
import { operationResult, requireOperation, type OperationResult, type ConnectorDeps } from './connector.ts';
import { previewRequest, dryRun } from './dry-run.ts';
import { explainQuery, explainResult } from './list/explain.ts';
import { listPage, sortedPage, type RowPage } from './list/paginate.ts';
import { namingOf, type CallNaming } from './request/naming.ts';
import { idempotentRequest } from '../idempotency/idempotent-request.ts';
import { pageToken, readPageToken } from './list/page-token.ts';
import { withCallOptions, planEntity } from './request/entity-request.ts';
import { usesNativeOrder, planClause, readSort } from './list/plan.ts';
import { firstRequest, type QueryContext } from './list/executor.ts';
import { resolveParents } from './request/resolve-path.ts';
import { rowMapper } from './rows/row-mapper.ts';

type Input = Readonly<Record<string, unknown>>;

export interface ListRequest {
  readonly filterClause?: string | undefined;
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
  readonly sortByColumns?: readonly string[] | undefined;
  readonly consistency: 'strong' | 'eventual';
  readonly explain: boolean;
}

/** One object by its id, or the objects of a clause. */
export interface WriteTarget {
  readonly entityId?: string | undefined;
  readonly filterClause?: string | undefined;
  readonly maxAffected: number;
  readonly explain: boolean;
}

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
  const own = sort === undefined || usesNativeOrder(sort, plan);
  const question = {
    entity: entity.entity,
    clause,
    sort: own ? '' : `${sort.column.name} ${sort.descending}`,
    consistency: request.consistency,
    account: call.account ?? '',
  };
  const from = request.pageToken === undefined ? undefined : readPageToken(request.pageToken, question);
  const fieldType = rowMapper(entity, 'List', call, (name) => deps.catalogue.fieldsOf(name));
  const reader = readerOf(deps, entity, plan, call);
  if (request.explain) return explainResult(explainQuery(deps, reader, request.pageSize, !own));
  if (call.dryRun === true) return dryRun(deps, firstRequests(reader, request.pageSize));
  const bounds = { pageSize: request.pageSize, scanLimit: deps.scanLimit };
  const page = own
    ? await listPage(reader, from !== undefined && 'at' in from ? from.at : undefined, bounds)
    : await sortedPage(
        reader,
        sort,
        from !== undefined && 'resumeAfter' in from ? from.resumeAfter : undefined,
        bounds,
      );
  const rows = page.rows.map((row) => fieldType(row.object, row.parents));
  return operationResult(rows, 'none', { listEntitiesNextPageToken: tokenOf(page, question) });
}

function tokenOf({ next }: RowPage, question: Parameters<typeof pageToken>[0]): string | null {
  return next === null ? null : pageToken(question, next);
}

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

/** Of one object by its id, or of every row of a clause. */
function changing(operation: 'Update' | 'Delete') {
  return async (
    deps: ConnectorDeps,
    name: string,
    target: WriteTarget,
    input: Input,
    call: CallContext,
  ): Promise<OperationResult> => {
    const { entity, row: definition } = rowOf(deps, name, operation);
    const clause = chosenClause(entity, definition, target);
    const naming = namingOf(deps, call, true);
    const plan = (id: string | undefined, parents: Input = {}): StripeRequest =>
      planEntity(operation, entity, definition, id, { ...input, ...parents }, naming).request;
    if (clause === undefined) return write(deps, plan(target.entityId), naming, call, target.explain);
    const ofRow: RowRequest = (id, parents) => plan(id, resolveParents(parents));
    return writeClause(deps, entity, clause, ofRow, target, naming, call);
  };
}

/** One write of one object. Answers `{"Id": ...}` (null where it has none), a Delete `{}`. */
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
  // Rows that are changed are read strongly: a search that lags would miss some.
  const reader = readerOf(deps, entity, planClause(entity, definition, clause, { eventual: false }), call);
  // Bad input is told before a row is listed.
  const each = previewRowRequest(deps, reader, plan, call);
  naming.warn();
  if (explain) {
    const explanation = explainQuery(deps, reader, 100, false);
    return explainResult({ ...explanation, eachRow: previewRequest(deps, each) });
  }
  if (call.dryRun === true) return dryRun(deps, [...firstRequests(reader, 100), each]);
  const { method, path, params, account } = each;
  const fingerprint = fingerprintOf({ clause, method, path, params, account });
  return bulkWrite(deps, reader, plan, { fingerprint, maxAffected }, call);
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

/** By id or by clause: exactly one of them, and no clause that means everything. */
function chosenClause(entity: Entity, definition: OperationDefinition, target: WriteTarget): string | undefined {
  if (target.entityId !== undefined && target.filterClause !== undefined) {
    throw invalidArgument([{ field: 'filterClause', description: 'stands beside entityId; give one of them' }]);
  }
  if (target.filterClause !== undefined) {
    if (target.filterClause.trim() === '') {
      throw invalidArgument([
        { field: 'filterClause', description: 'is empty; an empty clause never means every row' },
      ]);
    }
    return target.filterClause.trim();
  }
  if (target.entityId === undefined && definition.path.includes('{id}')) {
    throw invalidArgument([
      { field: 'entityId', description: `entityId or filterClause says which ${entity.entity} is meant` },
    ]);
  }
  return undefined;
}
