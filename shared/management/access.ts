import type { Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';

/** What a page of the connection needs to be open. */
export type AccessLevel = 'health' | 'discovery' | 'reads' | 'writes';

const OPENS = { discovery: ['discovery'], reads: ['discovery', 'reads'], all: ['discovery', 'reads', 'writes'] };

/**
 * Whoever may call the function `connection` may do there what the setting `expose` opens: to look after a connection
 * needs no right to move money.
 */
export function requireAccess(connector: Pick<Connector, 'settings' | 'open'>, need: AccessLevel): void {
  const expose = exposedLevel(connector);
  if (need === 'health' || OPENS[expose].includes(need)) return;
  throw new ConnectorError('PERMISSION_DENIED', `the setting expose is ${expose}: it opens no ${need} here`, {
    reason: 'NOT_EXPOSED',
  });
}

/** The setting, or what stands where it is silent. */
export function exposedLevel({ settings, open }: Pick<Connector, 'settings' | 'open'>): keyof typeof OPENS {
  return settings.expose ?? (open ? 'all' : 'reads');
}
