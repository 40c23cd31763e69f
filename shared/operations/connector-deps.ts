import { API_VERSION } from '../catalog/api-version.ts';
import type { Settings } from '../config/settings.ts';
import { DAY_US } from '../ports/time-units.ts';
import type { ConnectorDeps } from './connector.ts';
import { requestLimits } from './request/limits.ts';

/** Returns the dependencies of operations. Logs a warning if the API version is not that of the catalog. */
export function connectorDeps(
  settings: Settings,
  parts: Pick<ConnectorDeps, 'catalog' | 'stripe' | 'operations' | 'policy' | 'log'>,
): ConnectorDeps {
  const { apiVersion = API_VERSION } = settings;
  const strict = apiVersion === API_VERSION;
  if (!strict)
    parts.log.write('WARNING', 'API version differs from the catalog: unknown names pass to Stripe', { apiVersion });
  return {
    ...parts,
    operationRetentionUs: settings.operationRetentionDays * DAY_US,
    operationRecord: settings.operationRecord,
    strict,
    apiVersion,
    limits: requestLimits(settings),
    scanLimit: settings.scanLimit,
  };
}
