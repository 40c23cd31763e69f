/** Builds the result of an Update or Delete by clause from the results of its rows. */
import { errorBody, type ConnectorError, type Effect } from '../errors.ts';
import type { AttemptResult } from '../idempotency/record/complete.ts';
import type { OperationResult } from './connector.ts';

/** The result of one row. `error` is the body of an error response, or a short form of it. */
export interface RowResult {
  readonly Id: string;
  readonly Success: boolean;
  readonly effect: Effect;
  readonly error?: {
    readonly status?: string;
    readonly details?: readonly { readonly reason?: string; readonly metadata?: Readonly<Record<string, string>> }[];
  };
}

export interface BulkWritePayload {
  readonly affected: number;
  readonly failed: number;
  readonly rows: readonly RowResult[];
  /** Ids of the rows that have not succeeded: failed or not started. Absent if all rows have succeeded. */
  readonly remaining?: readonly string[];
}

type RowError = NonNullable<RowResult['error']>;

/**
 * Limit of the complete row errors in a response, as JSON. Thousands of rows may fail for the same reason. Above the
 * limit an error only has its code, status, reason and whether a retry may succeed.
 */
const MAX_ROW_ERRORS_BYTES = 32_000;

/**
 * Returns a function that converts the error of each failed row for the response. When the errors together exceed the
 * limit, it returns the short form.
 */
export function createErrorShortener(): (failure: ConnectorError) => RowError {
  let bytes = 0;
  return (failure) => {
    const { error } = errorBody(failure);
    bytes += Buffer.byteLength(JSON.stringify(error));
    if (bytes <= MAX_ROW_ERRORS_BYTES) return error;
    const { code, status } = error;
    const info = { reason: failure.details.reason, metadata: { retryable: String(failure.retryable) } };
    return { code, status, details: [info] } as RowError;
  };
}

/** The result of the call, and what is recorded under its operation id. */
export interface BulkWriteOutcome {
  readonly result: OperationResult;
  readonly recorded: AttemptResult;
}

/**
 * Builds the outcome of a bulk write. `rowIds` are the ids of all rows, and `results` has the rows that this call has
 * started. `isRepeat` is true if an earlier call with the same operation id may have started rows.
 */
export function bulkWriteOutcome(
  rowIds: readonly string[],
  results: readonly RowResult[],
  isRepeat: boolean,
): BulkWriteOutcome {
  const failed = results.filter((rowResult) => !rowResult.Success);
  const done = new Set(results.filter((rowResult) => rowResult.Success).map(({ Id }) => Id));
  const remaining = rowIds.filter((id) => !done.has(id));
  const payload = { affected: results.length - failed.length, failed: failed.length, rows: results };
  const notStarted = rowIds.length - results.length;
  const isFinal = notStarted === 0 && !results.some(isErrorRetryable);
  const result: OperationResult = {
    status: remaining.length === 0 ? 200 : 207,
    body: { connectorOutputPayload: remaining.length === 0 ? payload : { ...payload, remaining } },
    effect: bulkEffect(results, isFinal, isRepeat && notStarted > 0),
  };
  return { result, recorded: toAttemptResult(result, isFinal) };
}

/** Returns whether the row failed with an error after which a retry may succeed. */
function isErrorRetryable({ error }: RowResult): boolean {
  return error?.details?.[0]?.metadata?.['retryable'] === 'true';
}

/**
 * Returns the effect of the whole call: `unknown` if the effect on a row is unknown, or if an earlier call may have
 * changed rows that this call has not started (`mayHaveEarlierWrites`). Otherwise `none` if no row was changed. If rows
 * were changed, the effect is `done` once every row is final, and `unknown` while a repeat of the call would continue
 * with rows that were not started or whose failure is transient.
 */
function bulkEffect(results: readonly RowResult[], isFinal: boolean, mayHaveEarlierWrites: boolean): Effect {
  if (results.some(({ effect }) => effect === 'unknown') || mayHaveEarlierWrites) return 'unknown';
  if (!results.some(({ effect }) => effect === 'done')) return 'none';
  return isFinal ? 'done' : 'unknown';
}

/**
 * Returns the stored result of a finished bulk write. Undefined if no result is stored: it was too large, or an
 * operator resolved the operation.
 */
export function storedResult(outcome: string): OperationResult | undefined {
  const partial = outcome === '' ? undefined : (JSON.parse(outcome) as Partial<OperationResult>);
  if (typeof partial?.status !== 'number' || partial.body === undefined || partial.effect === undefined)
    return undefined;
  return { status: partial.status, body: partial.body, effect: partial.effect };
}

/** Limit of a stored result: a Firestore document holds 1 MiB. https://cloud.google.com/firestore/quotas */
const MAX_BULK_RESULT_BYTES = 1_000_000;

/**
 * Returns what to record under the operation id. The result is stored once every row is final, unless it is too large.
 * If no row was changed, the caller may use the id again for a corrected request. If the effect is `unknown`, only the
 * same request may use the id.
 */
function toAttemptResult(result: OperationResult, isFinal: boolean): AttemptResult {
  if (result.effect === 'unknown') return { event: 'unclear' };
  const text = JSON.stringify(result);
  const storedText = Buffer.byteLength(text) <= MAX_BULK_RESULT_BYTES ? text : '';
  if (result.effect === 'done') return { event: 'success', outcome: storedText };
  return isFinal && storedText !== '' ? { event: 'shown none', outcome: storedText } : { event: 'no row changed' };
}
