/** The core's source of time. */
export interface Clock {
  /**
   * Returns the wall clock in milliseconds since 1970. It may jump and differs between machines by seconds. Use it only
   * for times of other parties (a signature, the age of a message), never for a lease or a rate.
   */
  epochMs(): number;
  /** Returns fractional milliseconds of a clock that never goes back. */
  monotonicMs(): number;
  /** Resolves after `ms` milliseconds. Like timers, only reliable while a request is open. */
  sleep(ms: number): Promise<void>;
  /** Calls `ring` once after `ms` milliseconds. Returns a function that cancels the timer. */
  setTimer(ms: number, ring: () => void): () => void;
}

/** The core's source of randomness. */
export interface Random {
  /** Returns a number in [0, 1). */
  next(): number;
  /** Returns a new unguessable id. */
  uuid(): string;
}
