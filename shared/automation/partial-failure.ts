import type { BulkWritePayload, RowResult } from '../operations/bulk-write-result.ts';
import { ConnectorError } from '../errors.ts';
import { isFinal, type CommandOutcome } from './execute.ts';

/** A clause of which rows are left comes again while any of them can still be done; else it failed. */
export function isUnfinished(outcome: CommandOutcome): CommandOutcome {
  if (outcome.kind !== 'succeeded' || outcome.result.status !== 207) return outcome;
  const { rows, remaining = [] } = outcome.result.body['connectorOutputPayload'] as BulkWritePayload;
  const failed = rows.filter(({ Success }) => !Success);
  const again = failed.length < remaining.length || failed.some(comesAgain);
  const error = new ConnectorError('FAILED_PRECONDITION', `${remaining.length} rows of the clause are not done`, {
    reason: 'PARTIAL_FAILURE',
    retryable: again,
  });
  error.effect = outcome.result.effect;
  return { kind: again ? 'again' : 'failed', call: outcome.call, error };
}

function comesAgain({ effect, error }: RowResult): boolean {
  const [info] = error?.details ?? [];
  if (isFinal(info?.reason)) return false;
  return effect === 'unknown' || error?.status === 'INTERNAL' || info?.metadata?.['retryable'] === 'true';
}
