import type { CommandOutcome } from './execute.ts';

/** What one item of a message came to, for the answer. */
export interface CommandSummary {
  readonly operationId: string;
  readonly outcome: CommandOutcome['kind'];
  readonly [field: string]: unknown;
}

/** Bytes that the errors of one answer take at most, as JSON. */
const MAX_ERRORS_BYTES = 32_000;

/**
 * The answer to a message of many items. An error is told whole while there is room; of the others the answer has the
 * operation id and the outcome, and the dead letter and the result the rest. Rows that were asked for stay whole.
 */
export function truncateSummary(results: readonly CommandSummary[]): readonly CommandSummary[] {
  let bytes = 0;
  return results.map((result) => {
    if (!('error' in result)) return result;
    bytes += Buffer.byteLength(JSON.stringify(result['error']));
    return bytes <= MAX_ERRORS_BYTES ? result : { operationId: result.operationId, outcome: result.outcome };
  });
}
