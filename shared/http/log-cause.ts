import type { Connector } from '../operations/connector.ts';
import type { ConnectorError } from '../errors.ts';
import { MAX_LOG_TEXT } from '../ports/log.ts';
import { redact } from '../redact.ts';

/**
 * Logs an unexpected error with its stack. The caller only sees a generic INTERNAL error. Error Reporting groups lines by
 * `stack_trace`. https://docs.cloud.google.com/error-reporting/docs/formatting-error-messages
 */
export function logCause(connector: () => Pick<Connector, 'log'>, error: ConnectorError): void {
  // An uncaught ConnectorError has no cause: it is the cause.
  const cause = error.details.cause ?? error;
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  try {
    connector().log.write('ERROR', 'internal error', { stack_trace: stack });
  } catch {
    const line = { severity: 'ERROR', message: 'internal error', stack_trace: redact(stack, [], MAX_LOG_TEXT) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}
