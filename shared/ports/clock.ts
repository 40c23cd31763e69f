/** Time as the core sees it. Never the wall clock: it jumps. */
export interface Clock {
  /** Milliseconds, fractional, on a clock that only goes forward. */
  monotonicMs(): number;
  /** Resolves after `ms` milliseconds, or at once when the signal aborts. Safe only while a request is open. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Chance as the core sees it. */
export interface Random {
  /** In [0, 1). */
  fraction(): number;
  /** A fresh unguessable id. */
  uuid(): string;
}
