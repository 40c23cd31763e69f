import { AsyncLocalStorage } from 'node:async_hooks';
import { LONGEST_TEXT, type Facts, type RequestLog } from '../ports/log.ts';
import { redact, redactValue } from '../redact.ts';

export interface JsonLogOptions {
  readonly verbosity: string;
  readonly print: (line: string) => void;
  /** Secrets that this instance holds: none of them is printed, whatever it looks like. */
  readonly known?: Iterable<string>;
  /** Of every line. https://cloud.google.com/logging/docs/structured-logging */
  readonly labels?: Readonly<Record<string, string>>;
}

/** JSON lines that Cloud Logging understands, every secret in them redacted. Verbosity 1 prints errors alone. */
export function jsonLog({ verbosity, print, known = [], labels = {} }: JsonLogOptions): RequestLog {
  const request = new AsyncLocalStorage<Facts>();
  const always = Object.keys(labels).length === 0 ? {} : { 'logging.googleapis.com/labels': labels };
  return {
    write(severity, message, facts) {
      if (verbosity === '1' && severity !== 'ERROR') return;
      const head = { severity, ...always, ...request.getStore() };
      const shown = redactValue(facts, known, LONGEST_TEXT) as Facts;
      print(JSON.stringify({ ...head, ...shown, message: redact(message, known, LONGEST_TEXT) }));
    },
    during: (facts, work) => request.run(facts, work),
  };
}
