import { ConnectorError } from '../../errors.ts';

/** Returns the error of a request that the write policy does not allow. */
export function policyError(message: string, reason: string): ConnectorError {
  return new ConnectorError('PERMISSION_DENIED', message, { reason });
}
