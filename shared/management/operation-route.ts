import type { Connector } from '../operations/connector.ts';
import { checkOperationId } from '../operations/request/ids.ts';
import { ConnectorError, toConnectorError } from '../errors.ts';
import { isPartOfOperation } from '../idempotency/derive-key.ts';
import { operationReport, type OperationReport } from '../idempotency/operation-report.ts';

/** Returns the report of an operation. Changes nothing. */
export async function operationRoute({ deps }: Connector, operationId: string): Promise<OperationReport> {
  if (!isPartOfOperation(operationId)) checkOperationId('operationId', operationId);
  return operationReport(deps.operations, operationId).catch(unreadableRecord);
}

/** Replaces an unexpected error by UNAVAILABLE, because the caller can only retry. */
function unreadableRecord(cause: unknown): never {
  if (toConnectorError(cause).status !== 'INTERNAL') throw cause;
  throw new ConnectorError('UNAVAILABLE', 'the record of the operation cannot be read at the moment; retry the call', {
    reason: 'OPERATIONS_UNAVAILABLE',
    retryAfterMs: 1000,
    cause,
  });
}
