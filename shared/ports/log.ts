export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** One JSON line an entry. Values must be free of secrets before they get here, but for what the adapter redacts. */
export interface Log {
  write(severity: Severity, message: string, facts: Readonly<Record<string, unknown>>): void;
}
