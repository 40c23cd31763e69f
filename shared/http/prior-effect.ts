import { isConnectorError, type ConnectorError, type Effect } from '../errors.ts';
import type { Connector } from '../operations/connector.ts';
import { operationReport } from '../idempotency/operation-report.ts';

/** The key of a write, and whether it was made for this very call. */
export interface WriteKey {
  readonly operationId: string;
  readonly fresh: boolean;
}

/**
 * The effect of a write that was refused before its record was read (its input is wrong, the connection is suspended, the
 * instance ends): what the record says, since an earlier call with the id may have had its effect. `connector` is undefined
 * where its settings are wrong: this instance has never sent anything.
 */
export async function priorEffect(
  connector: Pick<Connector, 'deps'> | undefined,
  error: ConnectorError,
  { operationId, fresh }: WriteKey,
): Promise<Effect> {
  if (error.effect !== undefined) return error.effect;
  if (fresh || connector === undefined) return 'none';
  try {
    return (await operationReport(connector.deps.operations, operationId)).effect;
  } catch (cause) {
    return isConnectorError(cause) && cause.details.reason === 'OPERATION_NOT_FOUND' ? 'none' : 'unknown';
  }
}
