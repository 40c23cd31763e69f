import type { CommandOutcome } from './execute.ts';

/** The outcome of one item of a message in the response. */
export interface CommandSummary {
  readonly operationId: string;
  readonly outcome: CommandOutcome['kind'];
  readonly [field: string]: unknown;
}

/** Maximum size of all errors in one response, as JSON. */
const MAX_ERRORS_BYTES = 32_000;

/**
 * Shortens the response to a message with many items. Once the errors exceed their maximum size, each further item with
 * an error only has its operation id and outcome. The error of an item that failed permanently is also in its dead
 * letter and in its published result. Results of succeeded items are never shortened.
 */
export function truncateSummary(results: readonly CommandSummary[]): readonly CommandSummary[] {
  let bytes = 0;
  return results.map((result) => {
    if (!('error' in result)) return result;
    bytes += Buffer.byteLength(JSON.stringify(result['error']));
    return bytes <= MAX_ERRORS_BYTES ? result : { operationId: result.operationId, outcome: result.outcome };
  });
}
