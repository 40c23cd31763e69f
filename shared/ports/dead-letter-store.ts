/** A message, or one item of a message, that failed permanently. */
export interface DeadLetter {
  readonly id: string;
  readonly operationId: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Error reason in UPPER_SNAKE case. */
  readonly reason: string;
  readonly message: string;
  /** SHA-256 of the request. The request is redacted first, so that a card number cannot be guessed from the hash. */
  readonly fingerprint: string;
  /** Version of the idempotency key with which the operation failed. A replay uses the next version. */
  readonly keyVersion: number;
  /**
   * The message that a replay publishes. Null if the message has credentials or card data, is too large, or would be
   * changed by a replay.
   */
  readonly original: {
    readonly data: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly orderingKey: string;
  } | null;
  /** Milliseconds since 1970 of the last replay, 0 if it was never replayed. */
  readonly replayedMs: number;
}

/** The dead letters of a connection. Methods throw the errors of `store-errors.ts`. */
export interface DeadLetterStore {
  /** Writes a dead letter and replaces one with the same id. The store deletes it `keptMs` after `atMs`. */
  put(deadLetter: DeadLetter, keptMs: number): Promise<void>;
  get(id: string): Promise<DeadLetter | undefined>;
  /** Returns at most `max` dead letters, newest first. */
  list(max: number): Promise<readonly DeadLetter[]>;
}
