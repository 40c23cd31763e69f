import { AsyncLocalStorage } from 'node:async_hooks';
import { MAX_LOG_TEXT, OPERATOR_WARNINGS, SUMMARY_LINE, type LogFields, type RequestLog } from '../ports/log.ts';
import { redact, redactValue } from '../redact.ts';

export interface JsonLoggerOptions {
  readonly verbosity: string;
  readonly print: (line: string) => void;
  /** Secrets of this instance. The logger redacts them wherever they occur. */
  readonly known?: Iterable<string>;
  /** Labels of every line. https://cloud.google.com/logging/docs/structured-logging */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Writes JSON lines in Cloud Logging's format with every secret redacted. At verbosity 1 it writes only errors,
 * `OPERATOR_WARNINGS` and `SUMMARY_LINE`.
 */
export function jsonLogger({ verbosity, print, known: knownSecrets = [], labels = {} }: JsonLoggerOptions): RequestLog {
  const request = new AsyncLocalStorage<LogFields>();
  const labelFields = Object.keys(labels).length === 0 ? {} : { 'logging.googleapis.com/labels': labels };
  return {
    write(severity, message, details) {
      if (verbosity === '1' && severity !== 'ERROR' && message !== SUMMARY_LINE && !OPERATOR_WARNINGS.includes(message))
        return;
      const commonFields = { severity, ...labelFields, ...request.getStore() };
      const redacted = redactValue(details, knownSecrets, MAX_LOG_TEXT) as LogFields;
      print(JSON.stringify({ ...commonFields, ...redacted, message: redact(message, knownSecrets, MAX_LOG_TEXT) }));
    },
    during: (details, work) => request.run(details, work),
  };
}
