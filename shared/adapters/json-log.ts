import type { Log, Severity } from '../ports/log.ts';
import { redact, redactValue } from '../redact.ts';

/** What verbosity 1 lets through; from 2 on every line is printed. */
const ERRORS_ONLY: readonly Severity[] = ['ERROR'];

/**
 * JSON lines that Cloud Logging understands, every secret in them redacted. `known`: secrets that this instance holds.
 * https://cloud.google.com/logging/docs/structured-logging
 */
export function jsonLog(verbosity: string, print: (line: string) => void, known: Iterable<string> = []): Log {
  return {
    write(severity, message, facts) {
      if (verbosity === '1' && !ERRORS_ONLY.includes(severity)) return;
      const clean = redactValue(facts, known) as Readonly<Record<string, unknown>>;
      print(JSON.stringify({ severity, message: redact(message, known), ...clean }));
    },
  };
}
