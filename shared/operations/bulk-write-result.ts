/** The answer to an Update or Delete by clause, from what became of its rows. */
import { errorBody, type ConnectorError, type Effect } from '../errors.ts';
import type { AttemptResult } from '../idempotency/record.ts';
import type { OperationResult } from './connector.ts';

/** What became of one row; `error` is the body of an error answer, or a short form of it. */
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
  /** Rows that are still to do; absent where none is. */
  readonly remaining?: readonly string[];
}

type RowError = NonNullable<RowResult['error']>;

/**
 * Bytes of the errors of rows that the answer shows whole, as JSON. Thousands of rows can fail alike: the first ones say
 * why; of the others an error has its code, status, reason and whether it can pass.
 */
const MAX_ERRORS_BYTES = 32_000;

/** The error of each failed row as the answer shows it, in order. */
export function errorsInTheAnswer(): (failure: ConnectorError) => RowError {
  let bytes = 0;
  return (failure) => {
    const { error } = errorBody(failure);
    bytes += Buffer.byteLength(JSON.stringify(error));
    if (bytes <= MAX_ERRORS_BYTES) return error;
    const { code, status } = error;
    const info = { reason: failure.details.reason, metadata: { retryable: String(failure.retryable) } };
    return { code, status, details: [info] } as RowError;
  };
}

/** What a call of the clause answers, and what is kept of it. */
export interface ClauseEnd {
  readonly answer: OperationResult;
  readonly ended: AttemptResult;
}

/** `rows`: the ids of all rows; `results`: of those that this call has begun. */
export function clauseEnd(rows: readonly string[], results: readonly RowResult[], repeats: boolean): ClauseEnd {
  const failed = results.filter((rowResult) => !rowResult.Success);
  const done = new Set(results.filter((rowResult) => rowResult.Success).map(({ Id }) => Id));
  const remaining = rows.filter((id) => !done.has(id));
  const payload = { affected: results.length - failed.length, failed: failed.length, rows: results };
  const notBegun = rows.length - results.length;
  const over = notBegun === 0 && !results.some(canPass);
  const result: OperationResult = {
    status: remaining.length === 0 ? 200 : 207,
    body: { connectorOutputPayload: remaining.length === 0 ? payload : { ...payload, remaining } },
    effect: effectOf(results, over, repeats && notBegun > 0),
  };
  return { answer: result, ended: endOf(result, over) };
}

/** Whether a repeat may end otherwise. */
function canPass({ error }: RowResult): boolean {
  return error?.details?.[0]?.metadata?.['retryable'] === 'true';
}

/**
 * `done` where every row has its end (`over`); `none` where no row was changed. A repeat goes on with rows that were not
 * begun, or whose failure can pass: until then it is `unknown`. On a repeat, rows that were not begun now may have been
 * before (`maybeBefore`).
 */
function effectOf(results: readonly RowResult[], over: boolean, maybeBefore: boolean): Effect {
  if (results.some(({ effect }) => effect === 'unknown') || maybeBefore) return 'unknown';
  if (!results.some(({ effect }) => effect === 'done')) return 'none';
  return over ? 'done' : 'unknown';
}

/** The answer of a clause that is over; undefined where the outcome is an operator's word. */
export function keptAnswer(outcome: string): OperationResult | undefined {
  const partial = outcome === '' ? undefined : (JSON.parse(outcome) as Partial<OperationResult>);
  if (typeof partial?.status !== 'number' || partial.body === undefined || partial.effect === undefined)
    return undefined;
  return { status: partial.status, body: partial.body, effect: partial.effect };
}

/** Bytes of an answer that are kept: a document holds 1 MiB. https://cloud.google.com/firestore/quotas */
const MAX_RESPONSE_BYTES = 1_000_000;

/**
 * An answer stands once every row has its end. Where no row was changed the id is free for a corrected question; while some
 * are to do only the same goes on with them.
 */
function endOf(result: OperationResult, over: boolean): AttemptResult {
  if (result.effect === 'unknown') return { event: 'unclear' };
  const text = JSON.stringify(result);
  const kept = Buffer.byteLength(text) <= MAX_RESPONSE_BYTES ? text : '';
  if (result.effect === 'done') return { event: 'success', outcome: kept };
  return over && kept !== '' ? { event: 'shown none', outcome: kept } : { event: 'no row changed' };
}
