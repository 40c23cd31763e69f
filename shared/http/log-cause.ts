import type { Connector } from '../operations/connector.ts';
import type { ConnectorError } from '../errors.ts';
import { MAX_LOG_TEXT } from '../ports/log.ts';
import { redact } from '../redact.ts';

/**
 * An internal error goes to the log with its stack; the caller gets no detail. Error Reporting groups lines by
 * `stack_trace`. https://docs.cloud.google.com/error-reporting/docs/formatting-error-messages
 */
export function logCause(connector: () => Pick<Connector, 'log'>, error: ConnectorError): void {
  // An error of ours that nobody caught has none: it is its own.
  const cause = error.details.cause ?? error;
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  try {
    connector().log.write('ERROR', 'internal error', { stack_trace: stack });
  } catch {
    const line = { severity: 'ERROR', message: 'internal error', stack_trace: redact(stack, [], MAX_LOG_TEXT) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}
