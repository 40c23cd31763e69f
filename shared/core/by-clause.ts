import type { Entity } from '../catalog/shapes.ts';
import { ConnectorError, errorBody, unforeseen, type Effect } from '../errors.ts';
import { rowOperationId } from '../idempotency/operation-id.ts';
import type { StripeRequest } from '../ports/stripe.ts';
import type { Call } from './call.ts';
import { requireOperation, type Answer, type ConnectorParts } from './connector.ts';
import { listPage } from './list-page.ts';
import { addressed } from './plan-entity.ts';

/** The request that does one row. */
export type RowPlan = (id: string | undefined) => StripeRequest;

/** Rows that one call takes on at most: beyond it nothing is touched and the caller narrows the clause. */
const MOST_ROWS = 1000;
const PAGE = 200;
/** Rows under way at once: enough to use every turn, few enough to stay fair. */
const ABREAST = 6;

interface RowResult {
  readonly Id: string;
  readonly Success: boolean;
  readonly effect: Effect;
  readonly error?: unknown;
}

/**
 * Update or Delete of every row of a clause. The rows are listed to the end first, then done; each has an
 * idempotency key of its own. `{affected, failed, rows}`, 207 if any failed.
 */
export async function byClause(
  parts: ConnectorParts,
  entity: Entity,
  clause: string,
  plan: RowPlan,
  call: Call,
): Promise<Answer> {
  requireOperation(parts.catalogue, entity.entity, 'List');
  const ids = await idsOf(parts, entity, clause, call);
  const results = new Array<RowResult>(ids.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < ids.length; index = next++) {
      results[index] = await one(parts, plan, ids[index] as string, call);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
  const failed = results.filter((row) => !row.Success).length;
  const payload = { affected: results.length - failed, failed, rows: results };
  return { status: failed === 0 ? 200 : 207, connectorOutputPayload: payload };
}

async function idsOf(parts: ConnectorParts, entity: Entity, clause: string, call: Call): Promise<string[]> {
  const row = entity.operations.List;
  const ids: string[] = [];
  let token: string | null | undefined;
  while (row !== undefined && token !== null) {
    const page = await listPage(parts, entity, row, { filterClause: clause, pageSize: PAGE, pageToken: token }, call);
    ids.push(...page.objects.map((object) => String(object['id'])));
    token = page.nextToken;
    if (ids.length > MOST_ROWS || (ids.length === MOST_ROWS && token !== null)) {
      throw new ConnectorError(
        'FAILED_PRECONDITION',
        `the clause meets more than ${MOST_ROWS} rows; narrow it. Nothing was changed`,
        {
          reason: 'TOO_MANY_ROWS',
        },
      );
    }
  }
  return ids;
}

async function one(parts: ConnectorParts, plan: RowPlan, id: string, call: Call): Promise<RowResult> {
  const own: Call =
    call.operationId === undefined ? call : { ...call, operationId: rowOperationId(call.operationId, id) };
  try {
    await parts.door.run(addressed(plan(id), own), own);
    return { Id: id, Success: true, effect: 'done' };
  } catch (cause) {
    const error = unforeseen(cause);
    return { Id: id, Success: false, effect: error.effect ?? 'none', error: errorBody(error).error };
  }
}
