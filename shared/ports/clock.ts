/** The core's source of time. */
export interface Clock {
  /**
   * Returns the wall clock in milliseconds since 1970. It may jump, and it differs between machines by seconds. Leases
   * and the rate limit must therefore not depend on it.
   */
  epochMs(): number;
  /**
   * Returns the time of a clock that never goes back, in milliseconds with fractions. It has no relation to the date.
   */
  monotonicMs(): number;
  /**
   * Resolves after `ms` milliseconds. Like every timer, it is only reliable while the instance serves a request: the
   * platform may stop the processor of an idle instance.
   */
  sleep(ms: number): Promise<void>;
  /** Calls `callback` once after `ms` milliseconds. Returns a function that cancels the timer. */
  setTimer(ms: number, callback: () => void): () => void;
}

/** The core's source of randomness. */
export interface Random {
  /** Returns a number in [0, 1). */
  next(): number;
  /** Returns a new unguessable id. */
  uuid(): string;
}
