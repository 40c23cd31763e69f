import { ConnectorError, toConnectorError, type Effect } from '../errors.ts';
import { listOperationId, deriveRowOperationId } from '../idempotency/derive-key.ts';
import type { StripeRequest } from '../stripe/transport.ts';
import { isLeaseExpired, remainingMs, type CallContext } from '../stripe/call-context.ts';
import {
  bulkWriteOutcome,
  createErrorShortener,
  storedResult,
  type BulkWriteOutcome,
  type RowResult,
} from './bulk-write-result.ts';
import type { OperationResult, ConnectorDeps } from './connector.ts';
import { listAllRows } from './list/paginate.ts';
import { withAdmission } from '../idempotency/admit.ts';
import { runIdempotent, type IdempotentOperation, type IdempotentTask } from '../idempotency/run-idempotent.ts';
import { outcomeNotStored, OUTCOME_NOT_KEPT } from '../idempotency/stored-outcome.ts';
import { withCallOptions } from './request/entity-request.ts';
import type { Row } from './list/executor.ts';
import { firstRequest, MAX_PAGE_ROWS, type QueryContext } from './list/list-requests.ts';
import { idempotentRequest } from '../idempotency/idempotent-request.ts';
import { enforcePolicy } from '../stripe/write-policy/enforce.ts';

/** Builds the request for one row. */
export type RowRequest = (id: string, parents: Row['parents']) => StripeRequest;

/** Reasons of errors that would also occur for all further rows. After such an error no further row is started. */
const FATAL_REASONS: ReadonlySet<string> = new Set([
  'DEADLINE_EXCEEDED',
  'API_KEY_REJECTED',
  'LIMITER_UNAVAILABLE',
  'LEASE_LOST',
  'OPERATIONS_UNAVAILABLE',
  'RATE_LIMITED',
  'STRIPE_RATE_LIMIT',
]);

/** Used instead of a row id in a preview, because a preview lists no rows. */
export const ROW_PLACEHOLDER = 'each-row';

/** A row to write, as it is stored in the list of rows. */
interface BulkTarget {
  readonly id: string;
  readonly parents: Row['parents'];
}

/**
 * Updates or deletes every row of a clause.
 *
 * It lists all rows first, then sends one request per row, in order. The payload is `{affected, failed, rows}`, with
 * `remaining` if rows are left. With an operation id, the list of rows is stored and each row is an operation of its
 * own, so a repeat finishes the remaining rows and writes no row twice.
 */
export async function bulkWrite(
  deps: ConnectorDeps,
  context: QueryContext,
  buildRequest: RowRequest,
  query: { readonly fingerprint: string; readonly maxAffected: number },
  call: CallContext,
): Promise<OperationResult> {
  const { operationId } = call;
  const [path] = context.plan.paths;
  if (operationId === undefined) {
    const rows = await listTargets(deps, context, query.maxAffected);
    return (await writeRows(deps, buildRequest, rows, call, false)).result;
  }
  const run = (admitted: CallContext): Promise<OperationResult> => {
    const list = (): Promise<BulkTarget[]> => listTargets(deps, { ...context, call: admitted }, query.maxAffected);
    const operation = { id: operationId, fingerprint: query.fingerprint, inParts: true } as const;
    return runIdempotent(deps, operation, admitted, bulkTask(deps, buildRequest, operation, list));
  };
  return path === undefined
    ? run(call)
    : withAdmission(deps.stripe, firstRequest(context, path, MAX_PAGE_ROWS), call, run);
}

/** Creates the task of a bulk write: it stores the list of the rows, then writes each row. */
function bulkTask(
  deps: ConnectorDeps,
  buildRequest: RowRequest,
  { id: operationId, fingerprint }: IdempotentOperation,
  list: () => Promise<BulkTarget[]>,
): IdempotentTask<OperationResult> {
  return {
    async execute(lease, leasedCall) {
      // keyVersion grows after an attempt without effect, so the retry has a new list id and lists the rows again.
      const id = listOperationId(operationId, `${lease.keyVersion}~${fingerprint}`);
      const listOperation = { id, fingerprint, inParts: true } as const;
      const rows = await persistTargets(deps, listOperation, list, leasedCall).catch((cause: unknown) => {
        const error = toConnectorError(cause);
        // An earlier attempt, or another instance that took over an expired lease, may have written rows.
        const isLeaseLost = error.details.reason === 'LEASE_LOST' || isLeaseExpired(leasedCall);
        error.effect = lease.repeats || isLeaseLost ? 'unknown' : 'none';
        throw error;
      });
      const { result, recorded } = await writeRows(deps, buildRequest, rows, leasedCall, lease.repeats);
      // Another instance that took over the lease may write the rows that failed here.
      if (result.effect === 'none' && isLeaseExpired(leasedCall))
        return { buildResult: () => Promise.resolve({ ...result, effect: 'unknown' }), result: { event: 'unclear' } };
      return { buildResult: () => Promise.resolve(result), result: recorded };
    },
    replay(outcome) {
      const result = storedResult(outcome);
      // The result was too large to store, or an operator resolved the operation without the results of its rows.
      if (result === undefined) throw outcomeNotStored();
      return Promise.resolve(result);
    },
    failed: storedResult,
  };
}

/** Lists the rows and stores the list. A repeat of the operation returns the stored list, so it writes the same rows. */
function persistTargets(
  deps: ConnectorDeps,
  operation: IdempotentOperation,
  list: () => Promise<BulkTarget[]>,
  call: CallContext,
): Promise<BulkTarget[]> {
  return runIdempotent(
    deps,
    operation,
    { ...call, part: true },
    {
      async execute() {
        const rows = await list();
        return {
          buildResult: () => Promise.resolve(rows),
          result: { event: 'success', outcome: JSON.stringify(rows) },
        };
      },
      replay: (outcome) => Promise.resolve(JSON.parse(outcome) as BulkTarget[]),
    },
  );
}

/** Lists the rows of the clause. Throws if there are more than `maxAffected`. */
async function listTargets(deps: ConnectorDeps, context: QueryContext, maxAffected: number): Promise<BulkTarget[]> {
  const rows = await listAllRows(context, deps.scanLimit);
  if (rows.length > maxAffected) throw tooManyRows(rows.length, maxAffected);
  return rows.map(({ object, parents }) => ({ id: String(object['id']), parents }));
}

/** Writes the rows in order, until the deadline passes or an error occurs that further rows would have too. */
async function writeRows(
  deps: ConnectorDeps,
  buildRequest: RowRequest,
  rows: readonly BulkTarget[],
  call: CallContext,
  isRepeat: boolean,
): Promise<BulkWriteOutcome> {
  const results: RowResult[] = [];
  const shorten = createErrorShortener();
  for (const target of rows) {
    if (remainingMs(call) <= 0) break;
    const { failure, effect } = await writeRow(deps, buildRequest, target, call);
    const result = { Id: target.id, Success: failure === undefined, effect };
    results.push(failure === undefined ? result : { ...result, error: shorten(failure) });
    if (failure !== undefined && FATAL_REASONS.has(failure.details.reason)) break;
  }
  return bulkWriteOutcome(
    rows.map(({ id }) => id),
    results,
    isRepeat,
  );
}

/**
 * Builds the request for a row with a placeholder id, so that invalid input and a violation of the policy are reported
 * before any row is listed.
 */
export function previewRowRequest(
  deps: ConnectorDeps,
  context: QueryContext,
  buildRequest: RowRequest,
  call: CallContext,
): StripeRequest {
  const request = withCallOptions(buildRequest(ROW_PLACEHOLDER, context.plan.paths[0]?.parents ?? {}), call);
  enforcePolicy(deps.policy, request);
  return { ...request, path: request.path.replace(ROW_PLACEHOLDER, '{id}') };
}

function tooManyRows(rows: number, max: number): ConnectorError {
  return new ConnectorError(
    'FAILED_PRECONDITION',
    `the clause matches ${rows} rows, more than maxAffected (${max}), so nothing was changed; narrow the clause or raise maxAffected`,
    { reason: 'MAX_AFFECTED_EXCEEDED' },
  );
}

/** Writes one row. If the call has an operation id, the row is an operation of its own with an id derived from it. */
async function writeRow(
  deps: ConnectorDeps,
  buildRequest: RowRequest,
  { id, parents }: BulkTarget,
  call: CallContext,
): Promise<{ readonly failure?: ConnectorError; readonly effect: Effect }> {
  const { operationId } = call;
  const rowCall: CallContext =
    operationId === undefined ? call : { ...call, part: true, operationId: deriveRowOperationId(operationId, id) };
  try {
    await idempotentRequest(deps, withCallOptions(buildRequest(id, parents), rowCall), rowCall, 'id');
    return { effect: 'done' };
  } catch (cause) {
    const failure = toConnectorError(cause);
    // An operator recorded that the write took effect, without the id of the object. The id of the row is known here.
    if (failure.effect === 'done' && failure.details.reason === OUTCOME_NOT_KEPT) return { effect: 'done' };
    return { failure, effect: failure.effect ?? 'none' };
  }
}
