import type { Entity, OperationRow } from '../catalog/shapes.ts';
import { invalid } from '../errors.ts';
import type { StripeObject } from '../ports/stripe.ts';
import type { Call } from './call.ts';
import { byClause, type RowPlan } from './by-clause.ts';
import { requireOperation, type Answer, type ConnectorParts } from './connector.ts';
import { entityRow } from './entity-row.ts';
import { listPage } from './list-page.ts';
import { addressed, planCreate, planDelete, planGet, planUpdate } from './plan-entity.ts';
import { checkSort } from './plan-list.ts';

type Input = Readonly<Record<string, unknown>>;

export interface ListRequest {
  readonly entity: string;
  readonly filterClause?: string | undefined;
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
  readonly sortByColumns?: readonly string[] | undefined;
}

/** One object by its id, or the objects of a clause. */
export interface Target {
  readonly entityId?: string | undefined;
  readonly filterClause?: string | undefined;
}

export async function list(parts: ConnectorParts, request: ListRequest, call: Call): Promise<Answer> {
  const { entity, row } = rowOf(parts, request.entity, 'List');
  checkSort(request.sortByColumns);
  const page = await listPage(parts, entity, row, request, call);
  return {
    status: 200,
    connectorOutputPayload: page.objects.map((object) => shaped(entity, object, call)),
    listEntitiesNextPageToken: page.nextToken,
  };
}

export async function get(
  parts: ConnectorParts,
  name: string,
  entityId: string | undefined,
  input: Input,
  call: Call,
): Promise<Answer> {
  const { entity, row } = rowOf(parts, name, 'Get');
  const answer = await parts.door.run(addressed(planGet(entity, row, entityId, input, parts.strict), call), call);
  return { status: 200, connectorOutputPayload: shaped(entity, answer.body, call) };
}

export async function create(parts: ConnectorParts, name: string, input: Input, call: Call): Promise<Answer> {
  const { entity, row } = rowOf(parts, name, 'Create');
  const answer = await parts.door.run(addressed(planCreate(entity, row, input, parts.strict), call), call);
  return { status: 200, connectorOutputPayload: written(answer.body, call) };
}

export async function update(
  parts: ConnectorParts,
  name: string,
  target: Target,
  input: Input,
  call: Call,
): Promise<Answer> {
  const { entity, row } = rowOf(parts, name, 'Update');
  const plan: RowPlan = (id) => planUpdate(entity, row, id, input, parts.strict);
  if (chosen(entity, row, target) === 'clause') {
    // Bad input is told before a row is listed.
    plan('checked');
    return byClause(parts, entity, target.filterClause ?? '', plan, call);
  }
  const answer = await parts.door.run(addressed(plan(target.entityId), call), call);
  return { status: 200, connectorOutputPayload: written(answer.body, call) };
}

export async function remove(parts: ConnectorParts, name: string, target: Target, call: Call): Promise<Answer> {
  const { entity, row } = rowOf(parts, name, 'Delete');
  const plan: RowPlan = (id) => planDelete(entity, row, id);
  if (chosen(entity, row, target) === 'clause') return byClause(parts, entity, target.filterClause ?? '', plan, call);
  const answer = await parts.door.run(addressed(plan(target.entityId), call), call);
  return { status: 200, connectorOutputPayload: call.outputFormat === 'native' ? answer.body : {} };
}

function rowOf(
  parts: ConnectorParts,
  name: string,
  operation: 'List' | 'Get' | 'Create' | 'Update' | 'Delete',
): { entity: Entity; row: OperationRow } {
  requireOperation(parts.catalogue, name, operation);
  const entity = parts.catalogue.entity(name);
  return { entity, row: entity.operations[operation] as OperationRow };
}

/** By id or by clause: exactly one of them, and no clause that means everything. */
function chosen(entity: Entity, row: OperationRow, target: Target): 'id' | 'clause' {
  if (target.entityId !== undefined && target.filterClause !== undefined) {
    throw invalid([{ field: 'filterClause', description: 'stands beside entityId; give one of them' }]);
  }
  if (target.filterClause !== undefined) {
    if (target.filterClause.trim() === '') {
      throw invalid([{ field: 'filterClause', description: 'is empty; an empty clause never means every row' }]);
    }
    return 'clause';
  }
  if (target.entityId === undefined && row.path.includes('{id}')) {
    throw invalid([
      { field: 'entityId', description: `entityId or filterClause says which ${entity.entity} is meant` },
    ]);
  }
  return 'id';
}

function shaped(entity: Entity, object: StripeObject, call: Call): unknown {
  return call.outputFormat === 'native' ? object : entityRow(object, entity.fields);
}

/** `{"Id": ...}`; what has no id (a singleton, a session) answers null there. */
function written(object: StripeObject, call: Call): unknown {
  if (call.outputFormat === 'native') return object;
  return { Id: object['id'] ?? null };
}
