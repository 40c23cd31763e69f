import { createContext, useContext } from 'react';
import type { ConsoleCatalog } from '../api/discovery.ts';
import type { ConnectionInfo } from '../api/operator.ts';

const CatalogContext = createContext<ConsoleCatalog>({ entities: [], actions: [] });
const ConnectionContext = createContext<ConnectionInfo | undefined>(undefined);

export const CatalogProvider = CatalogContext.Provider;
export const ConnectionProvider = ConnectionContext.Provider;

/** The entities and actions that the connector offers. */
export const useCatalog = (): ConsoleCatalog => useContext(CatalogContext);

/** The connection of the server. The console renders pages only after it has read the connection. */
export function useConnection(): ConnectionInfo {
  const connection = useContext(ConnectionContext);
  if (connection === undefined) throw new Error('useConnection outside of the console');
  return connection;
}

/** Whether calls may move real money. True also if the mode of the key is unknown. */
export function movesRealMoney({ stripe }: ConnectionInfo): boolean {
  return stripe === 'live' || stripe === 'unknown';
}

/** Why writes are not permitted. Undefined if they are permitted. */
export function readOnlyReason({ expose, readOnly }: ConnectionInfo): string | undefined {
  if (expose === 'discovery') return 'The setting expose only permits discovery.';
  if (readOnly) return 'The connection is read-only (read_only).';
  return expose === 'all' ? undefined : 'The setting expose only permits reads.';
}
