import { ConnectorError, unforeseen, type Effect } from '../errors.ts';
import { listOperationId, rowOperationId } from '../idempotency/derive-key.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import { remainingMs, type Call } from '../stripe/call-context.ts';
import { clauseEnd, errorsInTheAnswer, keptAnswer, type ClauseEnd, type RowResult } from './bulk-write-result.ts';
import type { Answer, ConnectorParts } from './connector.ts';
import { allRows } from './list/paginate.ts';
import { once, type Operation } from '../idempotency/run-idempotent.ts';
import { notKept, OUTCOME_NOT_KEPT } from '../idempotency/stored-outcome.ts';
import { addressed } from './request/entity-request.ts';
import type { Reader, Row } from './list/executor.ts';
import { requestOnce } from '../idempotency/idempotent-request.ts';
import { checkPolicy } from '../stripe/write-policy/enforce.ts';

/** The request that does one row. */
export type RowPlan = (id: string, parents: Row['parents']) => StripeRequest;

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
  if (operationId === undefined) return (await everyRow(parts, plan, await list(), call, false)).answer;
  return once(parts, { id: operationId, fingerprint: question.fingerprint, inParts: true }, call, {
    async work(lease, leased) {
      // A new try after one without effect asks anew.
      const id = listOperationId(operationId, `${lease.generation}~${question.fingerprint}`);
      const kept = { id, fingerprint: question.fingerprint, inParts: true } as const;
      const rows = await keptList(parts, kept, list, leased).catch((cause: unknown) => {
        const error = unforeseen(cause);
        // The rows of an earlier try may be done, or those of a caller who took over a lapsed lease.
        const lapsed = error.facts.reason === 'LEASE_LOST' || (leased.leaseLeftMs?.() ?? Infinity) <= 0;
        error.effect = lease.repeats || lapsed ? 'unknown' : 'none';
        throw error;
      });
      const { answer, ended } = await everyRow(parts, plan, rows, leased, lease.repeats);
      return { show: () => Promise.resolve(answer), ended };
    },
    replay(outcome) {
      const answer = keptAnswer(outcome);
      // An operator who settles a clause does not know the answers of its rows.
      if (answer === undefined) throw notKept();
      return Promise.resolve(answer);
    },
    failed: keptAnswer,
  });
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
        return { show: () => Promise.resolve(rows), ended: { effect: 'done', outcome: JSON.stringify(rows) } };
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
): Promise<ClauseEnd> {
  const results: RowResult[] = [];
  const told = errorsInTheAnswer();
  for (const row of rows) {
    if (remainingMs(call) <= 0) break;
    const { failure, effect } = await one(parts, plan, row, call);
    const error = failure === undefined ? {} : { error: told(failure) };
    results.push({ Id: row.id, Success: failure === undefined, effect, ...error });
    if (failure !== undefined && STOPPING.has(failure.facts.reason)) break;
  }
  return clauseEnd(
    rows.map(({ id }) => id),
    results,
    repeats,
  );
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
): Promise<{ readonly failure?: ConnectorError; readonly effect: Effect }> {
  const { operationId } = call;
  const own: Call =
    operationId === undefined ? call : { ...call, part: true, operationId: rowOperationId(operationId, id) };
  try {
    await requestOnce(parts, addressed(plan(id, parents), own), own, 'id');
    return { effect: 'done' };
  } catch (cause) {
    const failure = unforeseen(cause);
    // An operator settled it, and named no object: a row is told by its id alone.
    if (failure.effect === 'done' && failure.facts.reason === OUTCOME_NOT_KEPT) return { effect: 'done' };
    return { failure, effect: failure.effect ?? 'none' };
  }
}
