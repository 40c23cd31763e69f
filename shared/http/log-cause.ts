import type { Connector } from '../operations/connector.ts';
import type { ConnectorError } from '../errors.ts';
import { MAX_LOG_TEXT } from '../ports/log.ts';
import { redact } from '../redact.ts';

/** What nobody foresaw goes to the log with its stack; the caller learns only that it was us. */
export function logCause(connector: () => Pick<Connector, 'log'>, error: ConnectorError): void {
  // An error of ours that nobody caught has none: it is its own.
  const cause = error.details.cause ?? error;
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  try {
    connector().log.write('ERROR', 'internal error', { stack });
  } catch {
    const line = { severity: 'ERROR', message: 'internal error', stack: redact(stack, [], MAX_LOG_TEXT) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}
