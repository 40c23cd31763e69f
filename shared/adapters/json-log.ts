import { AsyncLocalStorage } from 'node:async_hooks';
import type pinoPackage from 'pino';
import type { Facts, RequestLog, Severity } from '../ports/log.ts';
import { redact, redactValue } from '../redact.ts';

export interface JsonLogOptions {
  readonly verbosity: string;
  readonly print: (line: string) => void;
  /** Secrets that this instance holds: none of them is printed, whatever it looks like. */
  readonly known?: Iterable<string>;
  /** Of every line. https://cloud.google.com/logging/docs/structured-logging */
  readonly labels?: Readonly<Record<string, string>>;
}

const LEVELS = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error' } as const satisfies Record<
  Severity,
  string
>;
const SEVERITIES = new Map<string, string>(Object.entries(LEVELS).map(([severity, level]) => [level, severity]));

/** JSON lines that Cloud Logging understands, every secret in them redacted. Verbosity 1 prints errors alone. */
export function jsonLog({ verbosity, print, known = [], labels = {} }: JsonLogOptions): RequestLog {
  const request = new AsyncLocalStorage<Facts>();
  const always = Object.keys(labels).length === 0 ? {} : { 'logging.googleapis.com/labels': labels };
  let logger: pinoPackage.Logger | undefined;
  const open = (): pinoPackage.Logger =>
    pino()(
      {
        level: 'debug',
        base: always,
        messageKey: 'message',
        // Cloud Logging has its own.
        timestamp: false,
        formatters: { level: (level) => ({ severity: SEVERITIES.get(level) }) },
        mixin: () => request.getStore() ?? {},
      },
      { write: (line) => print(line.trimEnd()) },
    );
  return {
    write(severity, message, facts) {
      if (verbosity === '1' && severity !== 'ERROR') return;
      logger ??= open();
      logger[LEVELS[severity]](redactValue(facts, known) as Facts, redact(message, known));
    },
    during: (facts, work) => request.run(facts, work),
  };
}

/** At the first line only: an instance that has nothing to say does not load it. */
function pino(): typeof pinoPackage {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it at start
  return require('pino') as typeof pinoPackage;
}
