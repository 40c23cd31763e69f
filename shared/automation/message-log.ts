import type { Outcome } from './execute.ts';

/** What one item of a message came to, for the answer. */
export interface Told {
  readonly operationId: string;
  readonly outcome: Outcome['kind'];
  readonly [field: string]: unknown;
}

/** Bytes that the errors of one answer take at most, as JSON. */
const LARGEST_ERRORS = 32_000;

/**
 * The answer to a message of many items. An error is told whole while there is room; of the others the answer has the
 * operation id and the outcome, and the dead letter and the result the rest. Rows that were asked for stay whole.
 */
export function withinBounds(results: readonly Told[]): readonly Told[] {
  let bytes = 0;
  return results.map((one) => {
    if (!('error' in one)) return one;
    bytes += Buffer.byteLength(JSON.stringify(one['error']));
    return bytes <= LARGEST_ERRORS ? one : { operationId: one.operationId, outcome: one.outcome };
  });
}
