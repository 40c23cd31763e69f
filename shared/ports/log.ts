export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** Characters of a text that a line shows at most: an entry of Cloud Logging holds 256 KB. https://cloud.google.com/logging/quotas */
export const LONGEST_TEXT = 50_000;

export type Facts = Readonly<Record<string, unknown>>;

/** One JSON line an entry. Secrets in it are redacted by the adapter. */
export interface Log {
  write(severity: Severity, message: string, facts: Facts): void;
}

/** A log whose lines know the request that they belong to. */
export interface RequestLog extends Log {
  /** Whatever is written while the work goes on, in all that it begins, carries these facts too. */
  during<T>(facts: Facts, work: () => T): T;
}
