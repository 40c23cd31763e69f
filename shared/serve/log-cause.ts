import type { Connector } from '../core/connector.ts';
import type { ConnectorError } from '../errors.ts';

/** What nobody foresaw goes to the log with its stack; the caller learns only that it was us. */
export function logCause(connector: () => Connector, error: ConnectorError): void {
  const cause = error.facts.cause;
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  try {
    connector().log.write('ERROR', 'unforeseen', { stack });
  } catch {
    process.stderr.write(`${JSON.stringify({ severity: 'ERROR', message: 'unforeseen', stack })}\n`);
  }
}
