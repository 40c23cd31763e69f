import { isConnectorError, type ConnectorError, type Effect } from '../errors.ts';
import type { Connector } from '../operations/connector.ts';
import { operationReport } from '../idempotency/operation-report.ts';
import { effectOf, type PriorKnowledge } from '../stripe/effect.ts';

/** The operation id of a write. `fresh` is true if the connector generated the id for this call. */
export interface WriteKey {
  readonly operationId: string;
  readonly fresh: boolean;
}

/**
 * Returns the effect of a write that failed before its operation was claimed: the input is invalid, the connection is
 * suspended, or the instance shuts down. An earlier call with the same id may have taken effect, so the record is read.
 * If the error already has an effect, returns that. `connector` is undefined if its settings are invalid. Such an
 * instance has never sent a write.
 */
export async function priorEffect(
  connector: Pick<Connector, 'deps'> | undefined,
  error: ConnectorError,
  { operationId, fresh }: WriteKey,
): Promise<Effect> {
  if (error.effect !== undefined) return error.effect;
  const prior = fresh || connector === undefined ? 'none' : await readEffect(connector, operationId);
  return effectOf({ prior, event: 'not attempted', method: 'POST', freshId: fresh }).effect;
}

async function readEffect({ deps }: Pick<Connector, 'deps'>, operationId: string): Promise<PriorKnowledge> {
  try {
    return (await operationReport(deps.operations, operationId)).effect;
  } catch (cause) {
    return isConnectorError(cause) && cause.details.reason === 'OPERATION_NOT_FOUND' ? 'none' : 'unread';
  }
}
