/** Time as the core sees it. */
export interface Clock {
  /**
   * Milliseconds since 1970 of the wall clock. It jumps, and differs from machine to machine by seconds: only for what
   * another party dated (a signature, a message's age), never for a lease or a rate.
   */
  epochMs(): number;
  /** Milliseconds, fractional, on a clock that only goes forward. */
  monotonicMs(): number;
  /** Resolves after `ms` milliseconds. Safe only while a request is open, as alarms are. */
  sleep(ms: number): Promise<void>;
  /** Rings once after `ms` milliseconds, unless it is called off before: by what it answers. */
  setTimer(ms: number, ring: () => void): () => void;
}

/** Chance as the core sees it. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A fresh unguessable id. */
  uuid(): string;
}
