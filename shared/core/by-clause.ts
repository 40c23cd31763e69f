import { ConnectorError, errorBody, unforeseen, type Effect } from '../errors.ts';
import { rowOperationId } from '../idempotency/operation-id.ts';
import type { StripeRequest } from '../ports/stripe.ts';
import { remainingMs, type Call } from './call.ts';
import type { Answer, ConnectorParts } from './connector.ts';
import { checkGuards } from './guards.ts';
import { allRows } from './list-page.ts';
import { addressed } from './plan-entity.ts';
import type { Reader, Row } from './read-rows.ts';

/** The request that does one row. */
export type RowPlan = (id: string, parents: Row['parents']) => StripeRequest;

interface RowResult {
  readonly Id: string;
  readonly Success: boolean;
  readonly effect: Effect;
  readonly error?: unknown;
}

/** Errors that every further row would meet as well: the rest is not begun. */
const STOPPING: ReadonlySet<string> = new Set(['DEADLINE', 'API_KEY_REJECTED', 'LIMITER_UNAVAILABLE', 'RATE_LIMIT']);

/** Stands for each row's id where a plan is shown and no row is known. */
export const EACH = 'each-row';

/**
 * Update or Delete of every row of a clause: the rows first, to the end, then one transaction a row, in order, each with
 * an idempotency key of its own. Answers `{affected, failed, rows}`, and `remaining` where some are still to do.
 */
export async function byClause(
  parts: ConnectorParts,
  reader: Reader,
  plan: RowPlan,
  maxAffected: number,
  call: Call,
): Promise<Answer> {
  const rows = await allRows(reader, parts.scanLimit);
  if (rows.length > maxAffected) throw tooMany(rows.length, maxAffected);
  const results: RowResult[] = [];
  for (const row of rows) {
    if (remainingMs(call) <= 0) break;
    const { result, stop } = await one(parts, plan, row, call);
    results.push(result);
    if (stop) break;
  }
  const failed = results.filter((row) => !row.Success);
  const begun = new Set(results.map(({ Id }) => Id));
  const remaining = rows.map(idOf).filter((id) => !begun.has(id) || failed.some(({ Id }) => Id === id));
  const payload = { affected: results.length - failed.length, failed: failed.length, rows: results };
  return {
    status: remaining.length === 0 ? 200 : 207,
    body: { connectorOutputPayload: remaining.length === 0 ? payload : { ...payload, remaining } },
    effect: results.some(({ effect }) => effect === 'unknown') ? 'unknown' : payload.affected > 0 ? 'done' : 'none',
  };
}

/** The plan of any row, checked before one is listed. */
export function eachRow(parts: ConnectorParts, reader: Reader, plan: RowPlan, call: Call): StripeRequest {
  const request = addressed(plan(EACH, reader.plan.branches[0]?.parents ?? {}), call);
  checkGuards(parts.guards, request);
  return { ...request, path: request.path.replace(EACH, '{id}') };
}

function tooMany(rows: number, most: number): ConnectorError {
  return new ConnectorError(
    'FAILED_PRECONDITION',
    `the clause meets ${rows} rows, more than maxAffected (${most}); narrow it or raise maxAffected. Nothing was changed`,
    { reason: 'TOO_MANY_ROWS' },
  );
}

function idOf({ object }: Row): string {
  return String(object['id']);
}

async function one(
  parts: ConnectorParts,
  plan: RowPlan,
  row: Row,
  call: Call,
): Promise<{ result: RowResult; stop: boolean }> {
  const id = idOf(row);
  const own: Call =
    call.operationId === undefined ? call : { ...call, operationId: rowOperationId(call.operationId, id) };
  try {
    await parts.door.run(addressed(plan(id, row.parents), own), own);
    return { result: { Id: id, Success: true, effect: 'done' }, stop: false };
  } catch (cause) {
    const error = unforeseen(cause);
    const result = { Id: id, Success: false, effect: error.effect ?? 'none', error: errorBody(error).error };
    return { result, stop: STOPPING.has(error.facts.reason) };
  }
}
