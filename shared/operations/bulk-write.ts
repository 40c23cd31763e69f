import { ConnectorError, toConnectorError, type Effect } from '../errors.ts';
import { listOperationId, deriveRowOperationId } from '../idempotency/derive-key.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import { remainingMs, type CallContext } from '../stripe/call-context.ts';
import { clauseEnd, errorsInTheAnswer, keptAnswer, type ClauseEnd, type RowResult } from './bulk-write-result.ts';
import type { OperationResult, ConnectorDeps } from './connector.ts';
import { listAllRows } from './list/paginate.ts';
import { runIdempotent, type IdempotentOperation } from '../idempotency/run-idempotent.ts';
import { outcomeNotStored, OUTCOME_NOT_KEPT } from '../idempotency/stored-outcome.ts';
import { withCallOptions } from './request/entity-request.ts';
import type { QueryContext, Row } from './list/executor.ts';
import { idempotentRequest } from '../idempotency/idempotent-request.ts';
import { enforcePolicy } from '../stripe/write-policy/enforce.ts';

/** The request that does one row. */
export type RowRequest = (id: string, parents: Row['parents']) => StripeRequest;

/** Errors that every further row would meet as well: the rest is not begun. */
const STOPPING: ReadonlySet<string> = new Set([
  'DEADLINE_EXCEEDED',
  'API_KEY_REJECTED',
  'LIMITER_UNAVAILABLE',
  'LEASE_LOST',
  'OPERATIONS_UNAVAILABLE',
  'RATE_LIMITED',
  'STRIPE_RATE_LIMIT',
]);

/** Stands for each row's id where a plan is shown and no row is known. */
export const ROW_PLACEHOLDER = 'each-row';

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
export async function bulkWrite(
  deps: ConnectorDeps,
  reader: QueryContext,
  plan: RowRequest,
  question: { readonly fingerprint: string; readonly maxAffected: number },
  call: CallContext,
): Promise<OperationResult> {
  const { operationId } = call;
  const list = (): Promise<Target[]> => targets(deps, reader, question.maxAffected);
  if (operationId === undefined) return (await everyRow(deps, plan, await list(), call, false)).answer;
  return runIdempotent(deps, { id: operationId, fingerprint: question.fingerprint, inParts: true }, call, {
    async execute(lease, leased) {
      // A new try after one without effect asks anew.
      const id = listOperationId(operationId, `${lease.keyVersion}~${question.fingerprint}`);
      const kept = { id, fingerprint: question.fingerprint, inParts: true } as const;
      const rows = await keptList(deps, kept, list, leased).catch((cause: unknown) => {
        const error = toConnectorError(cause);
        // The rows of an earlier try may be done, or those of a caller who took over a lapsed lease.
        const lapsed = error.details.reason === 'LEASE_LOST' || (leased.leaseLeftMs?.() ?? Infinity) <= 0;
        error.effect = lease.repeats || lapsed ? 'unknown' : 'none';
        throw error;
      });
      const { answer: result, ended } = await everyRow(deps, plan, rows, leased, lease.repeats);
      return { show: () => Promise.resolve(result), ended };
    },
    replay(outcome) {
      const result = keptAnswer(outcome);
      // An operator who settles a clause does not know the answers of its rows.
      if (result === undefined) throw outcomeNotStored();
      return Promise.resolve(result);
    },
    failed: keptAnswer,
  });
}

/** The rows as they were when the operation began. */
function keptList(
  deps: ConnectorDeps,
  operation: IdempotentOperation,
  list: () => Promise<Target[]>,
  call: CallContext,
): Promise<Target[]> {
  return runIdempotent(
    deps,
    operation,
    { ...call, part: true },
    {
      async execute() {
        const rows = await list();
        return { show: () => Promise.resolve(rows), ended: { event: 'success', outcome: JSON.stringify(rows) } };
      },
      replay: (outcome) => Promise.resolve(JSON.parse(outcome) as Target[]),
    },
  );
}

async function targets(deps: ConnectorDeps, reader: QueryContext, maxAffected: number): Promise<Target[]> {
  const rows = await listAllRows(reader, deps.scanLimit);
  if (rows.length > maxAffected) throw tooMany(rows.length, maxAffected);
  return rows.map(({ object, parents }) => ({ id: String(object['id']), parents }));
}

async function everyRow(
  deps: ConnectorDeps,
  plan: RowRequest,
  rows: readonly Target[],
  call: CallContext,
  repeats: boolean,
): Promise<ClauseEnd> {
  const results: RowResult[] = [];
  const told = errorsInTheAnswer();
  for (const target of rows) {
    if (remainingMs(call) <= 0) break;
    const { failure, effect } = await one(deps, plan, target, call);
    const error = failure === undefined ? {} : { error: told(failure) };
    results.push({ Id: target.id, Success: failure === undefined, effect, ...error });
    if (failure !== undefined && STOPPING.has(failure.details.reason)) break;
  }
  return clauseEnd(
    rows.map(({ id }) => id),
    results,
    repeats,
  );
}

/** The plan of any row, checked before one is listed. */
export function previewRowRequest(
  deps: ConnectorDeps,
  reader: QueryContext,
  plan: RowRequest,
  call: CallContext,
): StripeRequest {
  const request = withCallOptions(plan(ROW_PLACEHOLDER, reader.plan.branches[0]?.parents ?? {}), call);
  enforcePolicy(deps.policy, request);
  return { ...request, path: request.path.replace(ROW_PLACEHOLDER, '{id}') };
}

function tooMany(rows: number, max: number): ConnectorError {
  return new ConnectorError(
    'FAILED_PRECONDITION',
    `the clause meets ${rows} rows, more than maxAffected (${max}); narrow it or raise maxAffected. Nothing was changed`,
    { reason: 'MAX_AFFECTED_EXCEEDED' },
  );
}

async function one(
  deps: ConnectorDeps,
  plan: RowRequest,
  { id, parents }: Target,
  call: CallContext,
): Promise<{ readonly failure?: ConnectorError; readonly effect: Effect }> {
  const { operationId } = call;
  const own: CallContext =
    operationId === undefined ? call : { ...call, part: true, operationId: deriveRowOperationId(operationId, id) };
  try {
    await idempotentRequest(deps, withCallOptions(plan(id, parents), own), own, 'id');
    return { effect: 'done' };
  } catch (cause) {
    const failure = toConnectorError(cause);
    // An operator settled it, and named no object: a row is told by its id alone.
    if (failure.effect === 'done' && failure.details.reason === OUTCOME_NOT_KEPT) return { effect: 'done' };
    return { failure, effect: failure.effect ?? 'none' };
  }
}
