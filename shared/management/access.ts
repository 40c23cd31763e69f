import type { Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';

/** The access level that a route of the connection requires. */
export type AccessLevel = 'health' | 'discovery' | 'reads' | 'writes';

/** The access levels that each value of the setting `expose` permits. All values also permit `health`. */
const PERMITTED_LEVELS = {
  discovery: ['discovery'],
  reads: ['discovery', 'reads'],
  all: ['discovery', 'reads', 'writes'],
};

/**
 * Throws PERMISSION_DENIED unless the setting `expose` permits the access level. With `discovery` or `reads`, a caller
 * of the function `connection` can monitor the connection, but its routes do not let the caller move money.
 */
export function requireAccess(connector: Pick<Connector, 'settings' | 'open'>, required: AccessLevel): void {
  const expose = exposedLevel(connector);
  if (required === 'health' || PERMITTED_LEVELS[expose].includes(required)) return;
  throw new ConnectorError(
    'PERMISSION_DENIED',
    `the setting expose is ${expose} and does not permit ${required}; change it or use another function`,
    {
      reason: 'NOT_EXPOSED',
    },
  );
}

/** Returns the value of the setting `expose`, or its default. */
export function exposedLevel({ settings, open }: Pick<Connector, 'settings' | 'open'>): keyof typeof PERMITTED_LEVELS {
  return settings.expose ?? (open ? 'all' : 'reads');
}
