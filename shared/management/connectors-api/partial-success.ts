import { ConnectorError } from '../../errors.ts';
import type { OperationResult } from '../../operations/connector.ts';

/**
 * Returns the payload of a write by clause. Throws if some rows failed, because the API's response cannot report failed
 * rows: ABORTED if a repeat can continue, FAILED_PRECONDITION if Stripe rejected the rows permanently. The message says
 * how to continue.
 */
export function requireAllSucceeded({ status, body, effect }: OperationResult): unknown {
  const payload = body['connectorOutputPayload'];
  if (status === 200) return payload;
  const { affected, rows, remaining } = payload as {
    affected: number;
    rows: { Id: string; error?: { message?: string } }[];
    remaining: string[];
  };
  const failures = rows.flatMap(({ Id, error }) => (error === undefined ? [] : [{ Id, message: error.message ?? '' }]));
  const isFinal = effect === 'done';
  const advice = isFinal
    ? 'Stripe rejected these permanently; use another Idempotency-Key for them'
    : 'repeat the call with the same Idempotency-Key to continue';
  const message = `${affected} rows succeeded and ${remaining.length} did not; ${advice}`;
  const error = new ConnectorError(isFinal ? 'FAILED_PRECONDITION' : 'ABORTED', message, {
    reason: 'PARTIAL_FAILURE',
    violations: failures.slice(0, 20).map((failure) => ({ field: failure.Id, description: failure.message })),
  });
  error.effect = effect;
  throw error;
}
