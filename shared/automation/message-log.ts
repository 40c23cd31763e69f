import type { CommandOutcome } from './execute.ts';

/** The outcome of one item of a message in the response. */
export interface CommandSummary {
  readonly operationId: string;
  readonly outcome: CommandOutcome['kind'];
  readonly [field: string]: unknown;
}

/** Limit of the errors in one response, as JSON. */
const MAX_ERRORS_BYTES = 32_000;

/**
 * Shortens the response to a message with many items. Errors are complete while there is room. After that an item only
 * has its operation id and outcome; its dead letter and result have the rest. Rows of results are never shortened.
 */
export function truncateSummary(results: readonly CommandSummary[]): readonly CommandSummary[] {
  let bytes = 0;
  return results.map((result) => {
    if (!('error' in result)) return result;
    bytes += Buffer.byteLength(JSON.stringify(result['error']));
    return bytes <= MAX_ERRORS_BYTES ? result : { operationId: result.operationId, outcome: result.outcome };
  });
}
