export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** Maximum number of characters of a text in a log line. A Cloud Logging entry can have 256 KB. https://cloud.google.com/logging/quotas */
export const MAX_LOG_TEXT = 50_000;

/**
 * Warnings that are printed at every verbosity, because an operator must act on them and no platform metric shows them.
 * An invalid request does not cause one, so a caller without credentials cannot fill the log with them.
 */
export const OPERATOR_WARNINGS: readonly string[] = [
  'failed to count active instances, falling back to min_nodes',
  'state store failed',
  'throttled by Stripe (429)',
  'event published but not marked, may be published again',
  'connections share a Stripe account without account_ceiling',
  'failed to read which endpoints use which lanes',
  'setting above the rate limit that Stripe has by default',
];

/**
 * The message with the request counts of an instance, which the instance logs at most once a minute. It is logged at
 * every verbosity, because log-based metrics read its fields.
 */
export const SUMMARY_LINE = 'requests of a minute';

export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one JSON line per entry. The adapter redacts secrets. */
export interface Log {
  write(severity: Severity, message: string, details: LogFields): void;
}

/** A log that can add the fields of the current request to its lines. */
export interface RequestLog extends Log {
  /** Runs `work` and adds the fields to every line that `work` logs, also in the asynchronous calls that it starts. */
  during<T>(details: LogFields, work: () => T): T;
}
