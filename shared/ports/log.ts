export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** Characters of a text that a line shows at most: an entry of Cloud Logging holds 256 KB. https://cloud.google.com/logging/quotas */
export const MAX_LOG_TEXT = 50_000;

/**
 * Warnings that are printed at every verbosity: an operator acts on them, and no metric of the platform shows them. A
 * stranger's request cannot cause one.
 */
export const OPERATOR_WARNINGS: readonly string[] = [
  'failed to count active instances, falling back to min_nodes',
  'throttled by Stripe (429)',
  'an event is published, but could not be marked: it may be published again',
];

export type LogFields = Readonly<Record<string, unknown>>;

/** One JSON line an entry. Secrets in it are redacted by the adapter. */
export interface Log {
  write(severity: Severity, message: string, details: LogFields): void;
}

/** A log whose lines know the request that they belong to. */
export interface RequestLog extends Log {
  /** Whatever is written while the work goes on, in all that it begins, carries these facts too. */
  during<T>(details: LogFields, work: () => T): T;
}
