export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** Limit of a text in a log line, because a Cloud Logging entry holds 256 KB. https://cloud.google.com/logging/quotas */
export const MAX_LOG_TEXT = 50_000;

/**
 * Warnings that are printed at every verbosity, because an operator must act on them and no platform metric shows them.
 * A request without credentials cannot cause one.
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

/** The line that each instance logs once a minute with its numbers of requests. Metrics use it at every verbosity. */
export const SUMMARY_LINE = 'requests of a minute';

export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one JSON line per entry. The adapter redacts secrets. */
export interface Log {
  write(severity: Severity, message: string, details: LogFields): void;
}

/** A log that can add the fields of the current request to its lines. */
export interface RequestLog extends Log {
  /** Runs `work` and adds the fields to every line that is written during it, and by the asynchronous calls that it starts. */
  during<T>(details: LogFields, work: () => T): T;
}
