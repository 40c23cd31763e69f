import { ConnectorError, errorBody, unforeseen, type Effect } from '../errors.ts';
import type { Ended } from '../idempotency/operation.ts';
import { listOperationId, rowOperationId } from '../idempotency/operation-id.ts';
import type { StripeRequest } from '../ports/stripe.ts';
import { remainingMs, type Call } from './call.ts';
import type { Answer, ConnectorParts } from './connector.ts';
import { allRows } from './list-page.ts';
import { once, type Operation } from './once.ts';
import { notKept } from './outcome.ts';
import { addressed } from './plan-entity.ts';
import type { Reader, Row } from './read-rows.ts';
import { requestOnce } from './request-once.ts';
import { checkPolicy } from './write-policy.ts';

/** The request that does one row. */
export type RowPlan = (id: string, parents: Row['parents']) => StripeRequest;

/** What became of one row; `error` is the body of an error answer. */
export interface RowResult {
  readonly Id: string;
  readonly Success: boolean;
  readonly effect: Effect;
  readonly error?: {
    readonly status?: string;
    readonly details?: readonly { readonly reason?: string; readonly metadata?: Readonly<Record<string, string>> }[];
  };
}

export interface ClausePayload {
  readonly affected: number;
  readonly failed: number;
  readonly rows: readonly RowResult[];
  /** Rows that are still to do; absent where none is. */
  readonly remaining?: readonly string[];
}

/** Errors that every further row would meet as well: the rest is not begun. */
const STOPPING: ReadonlySet<string> = new Set([
  'DEADLINE',
  'API_KEY_REJECTED',
  'LIMITER_UNAVAILABLE',
  'LEASE_LOST',
  'OPERATIONS_UNAVAILABLE',
  'RATE_LIMIT',
  'STRIPE_RATE_LIMIT',
]);

/** Stands for each row's id where a plan is shown and no row is known. */
export const EACH = 'each-row';

/** A row that is to be done: what is kept of it. */
interface Target {
  readonly id: string;
  readonly parents: Row['parents'];
}

/**
 * Update or Delete of every row of a clause: the rows first, to the end, then one transaction a row, in order, each an
 * operation of its own. Answers `{affected, failed, rows}`, and `remaining` where some are still to do. Under the call's
 * operation id the list of rows is kept: a repeat finishes the rest of it, and touches no row twice.
 */
export async function byClause(
  parts: ConnectorParts,
  reader: Reader,
  plan: RowPlan,
  question: { readonly fingerprint: string; readonly maxAffected: number },
  call: Call,
): Promise<Answer> {
  const { operationId } = call;
  const list = (): Promise<Target[]> => targets(parts, reader, question.maxAffected);
  if (operationId === undefined) return everyRow(parts, plan, await list(), call, false);
  return once(parts, { id: operationId, fingerprint: question.fingerprint }, call, {
    async work(lease, leased) {
      const rows = await keptList(
        parts,
        { id: listOperationId(operationId, question.fingerprint), ...question },
        list,
        leased,
      ).catch((cause: unknown) => {
        const error = unforeseen(cause);
        // The rows of an earlier try may be done, or those of a caller who took over a lapsed lease.
        const lapsed = error.facts.reason === 'LEASE_LOST' || (leased.leaseLeftMs?.() ?? Infinity) <= 0;
        error.effect = lease.repeats || lapsed ? 'unknown' : 'none';
        throw error;
      });
      const answer = await everyRow(parts, plan, rows, leased, lease.repeats);
      return { show: () => Promise.resolve(answer), ended: endOf(answer) };
    },
    replay: (outcome) => Promise.resolve(keptAnswer(outcome)),
  });
}

/** An operator who settles a clause does not know the answers of its rows. */
function keptAnswer(outcome: string): Answer {
  const answer = outcome === '' ? undefined : (JSON.parse(outcome) as Partial<Answer>);
  if (answer?.status === undefined || answer.body === undefined || answer.effect === undefined) throw notKept();
  return { status: answer.status, body: answer.body, effect: answer.effect };
}

/** Where no row was changed the id is free for a corrected question; while some are to do only the same goes on with them. */
function endOf(answer: Answer): Ended {
  if (answer.status === 200) return done(answer);
  return answer.effect === 'none' ? { effect: 'none', sent: false } : { effect: 'unknown' };
}

function done(outcome: unknown): { readonly effect: 'done'; readonly outcome: string } {
  return { effect: 'done', outcome: JSON.stringify(outcome) };
}

/** The rows as they were when the operation began. */
function keptList(
  parts: ConnectorParts,
  operation: Operation,
  list: () => Promise<Target[]>,
  call: Call,
): Promise<Target[]> {
  return once(
    parts,
    operation,
    { ...call, part: true },
    {
      async work() {
        const rows = await list();
        return { show: () => Promise.resolve(rows), ended: done(rows) };
      },
      replay: (outcome) => Promise.resolve(JSON.parse(outcome) as Target[]),
    },
  );
}

async function targets(parts: ConnectorParts, reader: Reader, maxAffected: number): Promise<Target[]> {
  const rows = await allRows(reader, parts.scanLimit);
  if (rows.length > maxAffected) throw tooMany(rows.length, maxAffected);
  return rows.map(({ object, parents }) => ({ id: String(object['id']), parents }));
}

async function everyRow(
  parts: ConnectorParts,
  plan: RowPlan,
  rows: readonly Target[],
  call: Call,
  repeats: boolean,
): Promise<Answer> {
  const results: RowResult[] = [];
  for (const row of rows) {
    if (remainingMs(call) <= 0) break;
    const { result, stop } = await one(parts, plan, row, call);
    results.push(result);
    if (stop) break;
  }
  const failed = results.filter((row) => !row.Success);
  const begun = new Set(results.map(({ Id }) => Id));
  const remaining = rows.map(({ id }) => id).filter((id) => !begun.has(id) || failed.some(({ Id }) => Id === id));
  const payload = { affected: results.length - failed.length, failed: failed.length, rows: results };
  return {
    status: remaining.length === 0 ? 200 : 207,
    body: { connectorOutputPayload: remaining.length === 0 ? payload : { ...payload, remaining } },
    effect: effectOf(results, rows.length - results.length, repeats),
  };
}

/**
 * `done` where every row has its end; `none` where no row was changed. A repeat goes on with rows that were not begun, or
 * whose failure can pass: until then it is `unknown`. On a repeat, rows that were not begun now may have been before.
 */
function effectOf(results: readonly RowResult[], notBegun: number, repeats: boolean): Effect {
  if (results.some(({ effect }) => effect === 'unknown') || (repeats && notBegun > 0)) return 'unknown';
  if (!results.some(({ effect }) => effect === 'done')) return 'none';
  const canPass = results.some(({ error }) => error?.details?.[0]?.metadata?.['retryable'] === 'true');
  return notBegun > 0 || canPass ? 'unknown' : 'done';
}

/** The plan of any row, checked before one is listed. */
export function eachRow(parts: ConnectorParts, reader: Reader, plan: RowPlan, call: Call): StripeRequest {
  const request = addressed(plan(EACH, reader.plan.branches[0]?.parents ?? {}), call);
  checkPolicy(parts.policy, request);
  return { ...request, path: request.path.replace(EACH, '{id}') };
}

function tooMany(rows: number, most: number): ConnectorError {
  return new ConnectorError(
    'FAILED_PRECONDITION',
    `the clause meets ${rows} rows, more than maxAffected (${most}); narrow it or raise maxAffected. Nothing was changed`,
    { reason: 'TOO_MANY_ROWS' },
  );
}

async function one(
  parts: ConnectorParts,
  plan: RowPlan,
  { id, parents }: Target,
  call: Call,
): Promise<{ result: RowResult; stop: boolean }> {
  const { operationId } = call;
  const own: Call =
    operationId === undefined ? call : { ...call, part: true, operationId: rowOperationId(operationId, id) };
  try {
    await requestOnce(parts, addressed(plan(id, parents), own), own, 'id');
    return { result: { Id: id, Success: true, effect: 'done' }, stop: false };
  } catch (cause) {
    const error = unforeseen(cause);
    const result = { Id: id, Success: false, effect: error.effect ?? 'none', error: errorBody(error).error };
    return { result, stop: STOPPING.has(error.facts.reason) };
  }
}
