import type { Entity, Operation, OperationRow } from '../catalog/types.ts';
import { invalid } from '../errors.ts';
import type { ReadPlan } from '../query/planner.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import { fingerprintOf } from '../idempotency/record.ts';
import { byClause, eachRow, type RowPlan } from './bulk-write.ts';
import type { Call } from '../stripe/call-context.ts';
import { answered, requireOperation, type Answer, type ConnectorParts } from './connector.ts';
import { checkedRequest, dryRun } from './dry-run.ts';
import { explainRead, explained } from './list/explain.ts';
import { listPage, sortedPage, type Page } from './list/paginate.ts';
import { namingOf, type CallNaming } from './request/naming.ts';
import { requestOnce } from '../idempotency/idempotent-request.ts';
import { pageToken, readPageToken } from './list/page-token.ts';
import { addressed, planEntity } from './request/entity-request.ts';
import { isStripesOrder, planClause, readSort } from './list/plan.ts';
import { firstRequest, type Reader } from './list/executor.ts';
import { placeParents } from './request/resolve-path.ts';
import { shaper } from './rows/row-mapper.ts';

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
export interface Target {
  readonly entityId?: string | undefined;
  readonly filterClause?: string | undefined;
  readonly maxAffected: number;
  readonly explain: boolean;
}

export async function list(parts: ConnectorParts, name: string, request: ListRequest, call: Call): Promise<Answer> {
  const { entity, row } = rowOf(parts, name, 'List');
  const clause = request.filterClause?.trim() ?? '';
  const plan = planClause(entity, row, clause, { eventual: request.consistency === 'eventual' });
  const sort = readSort(entity, row, request.sortByColumns);
  const own = sort === undefined || isStripesOrder(sort, plan);
  const question = {
    entity: entity.entity,
    clause,
    sort: own ? '' : `${sort.column.name} ${sort.descending}`,
    consistency: request.consistency,
    account: call.account ?? '',
  };
  const from = request.pageToken === undefined ? undefined : readPageToken(request.pageToken, question);
  const shape = shaper(entity, 'List', call, (one) => parts.catalogue.fieldsOf(one));
  const reader = readerOf(parts, entity, plan, call);
  if (request.explain) return explained(explainRead(parts, reader, request.pageSize, !own));
  if (call.dryRun === true) return dryRun(parts, firstRequests(reader, request.pageSize));
  const bounds = { pageSize: request.pageSize, scanLimit: parts.scanLimit };
  const page = own
    ? await listPage(reader, from !== undefined && 'at' in from ? from.at : undefined, bounds)
    : await sortedPage(reader, sort, from !== undefined && 'behind' in from ? from.behind : undefined, bounds);
  const rows = page.rows.map((one) => shape(one.object, one.parents));
  return answered(rows, 'none', { listEntitiesNextPageToken: tokenOf(page, question) });
}

function tokenOf({ next }: Page, question: Parameters<typeof pageToken>[0]): string | null {
  return next === null ? null : pageToken(question, next);
}

export async function get(
  parts: ConnectorParts,
  name: string,
  entityId: string | undefined,
  input: Input,
  call: Call,
): Promise<Answer> {
  const { entity, row } = rowOf(parts, name, 'Get');
  const naming = namingOf(parts, call, false);
  const { request, parents } = planEntity('Get', entity, row, entityId, input, naming);
  naming.tell();
  const shape = shaper(entity, 'Get', call, (one) => parts.catalogue.fieldsOf(one));
  const whole = addressed(expanded(request, call), call);
  if (call.dryRun === true) return dryRun(parts, [whole]);
  const { body } = await parts.door.run(whole, call);
  return answered(shape(body, parents), 'none');
}

export async function create(parts: ConnectorParts, name: string, input: Input, call: Call): Promise<Answer> {
  const { entity, row } = rowOf(parts, name, 'Create');
  const naming = namingOf(parts, call, true);
  return write(parts, planEntity('Create', entity, row, undefined, input, naming).request, naming, call);
}

export const update = changing('Update');
export const remove = changing('Delete');

/** Of one object by its id, or of every row of a clause. */
function changing(operation: 'Update' | 'Delete') {
  return async (parts: ConnectorParts, name: string, target: Target, input: Input, call: Call): Promise<Answer> => {
    const { entity, row } = rowOf(parts, name, operation);
    const clause = chosenClause(entity, row, target);
    const naming = namingOf(parts, call, true);
    const plan = (id: string | undefined, parents: Input = {}): StripeRequest =>
      planEntity(operation, entity, row, id, { ...input, ...parents }, naming).request;
    if (clause === undefined) return write(parts, plan(target.entityId), naming, call, target.explain);
    const ofRow: RowPlan = (id, parents) => plan(id, placeParents(parents));
    return writeClause(parts, entity, clause, ofRow, target, naming, call);
  };
}

/** One write of one object. Answers `{"Id": ...}` (null where it has none), a Delete `{}`. */
async function write(
  parts: ConnectorParts,
  request: StripeRequest,
  naming: CallNaming,
  call: Call,
  explain = false,
): Promise<Answer> {
  const warnings = naming.tell();
  const whole = addressed(request, call);
  if (explain) {
    const requests = [checkedRequest(parts, whole)];
    return explained({
      requests,
      evaluatedHere: [],
      sortedHere: false,
      leastTransactions: 1,
      leastTransactionsPerPage: 1,
    });
  }
  if (call.dryRun === true) return dryRun(parts, [whole]);
  const native = call.outputFormat === 'native';
  const body = await requestOnce(parts, whole, call, native ? 'object' : 'id');
  const payload = native ? body : request.method === 'DELETE' ? {} : { Id: body['id'] ?? null };
  return answered(payload, 'done', warnings);
}

async function writeClause(
  parts: ConnectorParts,
  entity: Entity,
  clause: string,
  plan: RowPlan,
  { maxAffected, explain }: Target,
  naming: CallNaming,
  call: Call,
): Promise<Answer> {
  const { row } = rowOf(parts, entity.entity, 'List');
  // Rows that are changed are read strongly: a search that lags would miss some.
  const reader = readerOf(parts, entity, planClause(entity, row, clause, { eventual: false }), call);
  // Bad input is told before a row is listed.
  const each = eachRow(parts, reader, plan, call);
  naming.tell();
  if (explain) {
    const explanation = explainRead(parts, reader, 100, false);
    return explained({ ...explanation, eachRow: checkedRequest(parts, each) });
  }
  if (call.dryRun === true) return dryRun(parts, [...firstRequests(reader, 100), each]);
  const { method, path, params, account } = each;
  const fingerprint = fingerprintOf({ clause, method, path, params, account });
  return byClause(parts, reader, plan, { fingerprint, maxAffected }, call);
}

function rowOf(parts: ConnectorParts, name: string, operation: Operation): { entity: Entity; row: OperationRow } {
  requireOperation(parts.catalogue, name, operation);
  const entity = parts.catalogue.entity(name);
  return { entity, row: entity.operations[operation] as OperationRow };
}

function readerOf(parts: ConnectorParts, entity: Entity, plan: ReadPlan, call: Call): Reader {
  return { parts, entity, plan, expand: call.expand ?? [], call };
}

function firstRequests(reader: Reader, pageSize: number): StripeRequest[] {
  const size = reader.plan.evaluatedHere.length > 0 ? 100 : pageSize;
  return reader.plan.branches.map((branch) => firstRequest(reader, branch, size));
}

function expanded(request: StripeRequest, { expand }: Call): StripeRequest {
  if (expand === undefined || expand.length === 0) return request;
  const asked = Array.isArray(request.params['expand']) ? (request.params['expand'] as string[]) : [];
  return { ...request, params: { ...request.params, expand: [...new Set([...asked, ...expand])] } };
}

/** By id or by clause: exactly one of them, and no clause that means everything. */
function chosenClause(entity: Entity, row: OperationRow, target: Target): string | undefined {
  if (target.entityId !== undefined && target.filterClause !== undefined) {
    throw invalid([{ field: 'filterClause', description: 'stands beside entityId; give one of them' }]);
  }
  if (target.filterClause !== undefined) {
    if (target.filterClause.trim() === '') {
      throw invalid([{ field: 'filterClause', description: 'is empty; an empty clause never means every row' }]);
    }
    return target.filterClause.trim();
  }
  if (target.entityId === undefined && row.path.includes('{id}')) {
    throw invalid([
      { field: 'entityId', description: `entityId or filterClause says which ${entity.entity} is meant` },
    ]);
  }
  return undefined;
}
