import type { BulkWritePayload, RowResult } from '../operations/bulk-write-result.ts';
import { ConnectorError } from '../errors.ts';
import { isFinal, type CommandOutcome } from './execute.ts';

/**
 * Converts the outcome of a bulk write in which some rows failed. If any row that failed or did not run can still
 * succeed, the message is redelivered. Otherwise the command has failed. All other outcomes are returned unchanged.
 */
export function withBulkFailure(outcome: CommandOutcome): CommandOutcome {
  if (outcome.kind !== 'succeeded' || outcome.result.status !== 207) return outcome;
  const { rows, remaining = [] } = outcome.result.body['connectorOutputPayload'] as BulkWritePayload;
  const failed = rows.filter(({ Success }) => !Success);
  const retryable = failed.length < remaining.length || failed.some(isRowRetryable);
  const error = new ConnectorError(
    'FAILED_PRECONDITION',
    `${remaining.length} rows of the bulk write did not succeed`,
    {
      reason: 'PARTIAL_FAILURE',
      retryable,
    },
  );
  error.effect = outcome.result.effect;
  return { kind: retryable ? 'retry' : 'failed', call: outcome.call, error };
}

function isRowRetryable({ effect, error }: RowResult): boolean {
  const [info] = error?.details ?? [];
  if (isFinal(info?.reason)) return false;
  return effect === 'unknown' || error?.status === 'INTERNAL' || info?.metadata?.['retryable'] === 'true';
}
