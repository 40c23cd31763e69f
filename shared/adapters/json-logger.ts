import { AsyncLocalStorage } from 'node:async_hooks';
import { MAX_LOG_TEXT, OPERATOR_WARNINGS, type LogFields, type RequestLog } from '../ports/log.ts';
import { redact, redactValue } from '../redact.ts';

export interface JsonLoggerOptions {
  readonly verbosity: string;
  readonly print: (line: string) => void;
  /** Secrets that this instance holds: none of them is printed, whatever it looks like. */
  readonly known?: Iterable<string>;
  /** Of every line. https://cloud.google.com/logging/docs/structured-logging */
  readonly labels?: Readonly<Record<string, string>>;
}

/** JSON lines that Cloud Logging understands, every secret in them redacted. Verbosity 1 prints errors and `OPERATOR_WARNINGS`. */
export function jsonLogger({ verbosity, print, known: cached = [], labels = {} }: JsonLoggerOptions): RequestLog {
  const request = new AsyncLocalStorage<LogFields>();
  const always = Object.keys(labels).length === 0 ? {} : { 'logging.googleapis.com/labels': labels };
  return {
    write(severity, message, details) {
      if (verbosity === '1' && severity !== 'ERROR' && !OPERATOR_WARNINGS.includes(message)) return;
      const head = { severity, ...always, ...request.getStore() };
      const shown = redactValue(details, cached, MAX_LOG_TEXT) as LogFields;
      print(JSON.stringify({ ...head, ...shown, message: redact(message, cached, MAX_LOG_TEXT) }));
    },
    during: (details, work) => request.run(details, work),
  };
}
