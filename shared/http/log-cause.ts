import type { Connector } from '../operations/connector.ts';
import type { ConnectorError } from '../errors.ts';
import { MAX_LOG_TEXT } from '../ports/log.ts';
import { isLaterVersion } from '../ports/store-errors.ts';
import { redact } from '../redact.ts';

/** Reasons of errors that the state store causes. */
const STORE_REASONS: readonly unknown[] = ['OPERATIONS_UNAVAILABLE', 'LIMITER_UNAVAILABLE'];

/**
 * Logs an error whose cause is not in the response: an unexpected error, or an error of the state store. `connector` is a
 * function because the creation of the connector throws if the settings are invalid.
 */
export function logFailure(connector: () => Pick<Connector, 'log'>, error: ConnectorError): void {
  if (error.status === 'INTERNAL') return logCause(connector, error);
  const { reason, cause } = error.details;
  if (!STORE_REASONS.includes(reason)) return;
  const details = { reason, cause: cause instanceof Error ? cause.message : String(cause) };
  if (isLaterVersion(cause)) connector().log.write('ERROR', 'state of a later version, nothing sent', details);
  else connector().log.write('WARNING', 'state store failed', details);
}

/**
 * Logs an unexpected error with its stack, to the error output if the connector cannot be created. The caller only sees
 * a generic INTERNAL error. Error Reporting groups lines by `stack_trace`.
 * https://docs.cloud.google.com/error-reporting/docs/formatting-error-messages
 */
export function logCause(connector: () => Pick<Connector, 'log'>, error: ConnectorError): void {
  // A ConnectorError without a cause is the cause itself.
  const cause = error.details.cause ?? error;
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  try {
    connector().log.write('ERROR', 'internal error', { stack_trace: stack });
  } catch {
    const line = { severity: 'ERROR', message: 'internal error', stack_trace: redact(stack, [], MAX_LOG_TEXT) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}
