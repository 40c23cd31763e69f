import type { ClausePayload, RowResult } from '../operations/bulk-write-result.ts';
import { ConnectorError } from '../errors.ts';
import { isStanding, type Outcome } from './execute.ts';

/** A clause of which rows are left comes again while any of them can still be done; else it failed. */
export function unfinished(outcome: Outcome): Outcome {
  if (outcome.kind !== 'succeeded' || outcome.answer.status !== 207) return outcome;
  const { rows, remaining = [] } = outcome.answer.body['connectorOutputPayload'] as ClausePayload;
  const failed = rows.filter(({ Success }) => !Success);
  const again = failed.length < remaining.length || failed.some(comesAgain);
  const error = new ConnectorError('FAILED_PRECONDITION', `${remaining.length} rows of the clause are not done`, {
    reason: 'ROWS_FAILED',
    retryable: again,
  });
  error.effect = outcome.answer.effect;
  return { kind: again ? 'again' : 'failed', call: outcome.call, error };
}

function comesAgain({ effect, error }: RowResult): boolean {
  const [info] = error?.details ?? [];
  if (isStanding(info?.reason)) return false;
  return effect === 'unknown' || error?.status === 'INTERNAL' || info?.metadata?.['retryable'] === 'true';
}
