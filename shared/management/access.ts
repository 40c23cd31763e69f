import type { Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';

/** The access level that a route of the connection requires. */
export type AccessLevel = 'health' | 'discovery' | 'reads' | 'writes';

const OPENS = { discovery: ['discovery'], reads: ['discovery', 'reads'], all: ['discovery', 'reads', 'writes'] };

/**
 * Throws PERMISSION_DENIED unless the setting `expose` permits the access level. A caller of the function `connection`
 * may monitor the connection without the right to move money.
 */
export function requireAccess(connector: Pick<Connector, 'settings' | 'open'>, need: AccessLevel): void {
  const expose = exposedLevel(connector);
  if (need === 'health' || OPENS[expose].includes(need)) return;
  throw new ConnectorError(
    'PERMISSION_DENIED',
    `the setting expose is ${expose} and does not permit ${need}; change it or use another function`,
    {
      reason: 'NOT_EXPOSED',
    },
  );
}

/** Returns the setting or its default. */
export function exposedLevel({ settings, open }: Pick<Connector, 'settings' | 'open'>): keyof typeof OPENS {
  return settings.expose ?? (open ? 'all' : 'reads');
}
