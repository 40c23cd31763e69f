import type { Log, Severity } from '../ports/log.ts';
import { redact } from '../redact.ts';

/** What verbosity 1 lets through; from 2 on every line is printed. */
const ERRORS_ONLY: readonly Severity[] = ['ERROR'];

/** JSON lines that Cloud Logging understands. https://cloud.google.com/logging/docs/structured-logging */
export function jsonLog(verbosity: string, print: (line: string) => void): Log {
  return {
    write(severity, message, facts) {
      if (verbosity === '1' && !ERRORS_ONLY.includes(severity)) return;
      print(redact(JSON.stringify({ severity, message, ...facts })));
    },
  };
}
