/** A message, or one item of a message, that will not be worked on again by itself. */
export interface DeadLetter {
  readonly id: string;
  readonly operationId: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** UPPER_SNAKE: why. */
  readonly reason: string;
  readonly message: string;
  /** SHA-256 of what was asked for, redacted: no guess at a card number can be tried at it. */
  readonly fingerprint: string;
  /** Of the operation's key that failed; a replay works under the next one. */
  readonly keyVersion: number;
  /** What is published again on a replay; null where it held credentials or card data, which are kept nowhere, or was too large. */
  readonly original: {
    readonly data: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly orderingKey: string;
  } | null;
  /** Milliseconds since 1970 of the last replay; 0 where there was none. */
  readonly replayedMs: number;
}

/** The dead letters of a connection. Throws `StoreUnanswered` where the store gives no answer. */
export interface DeadLetterStore {
  /** Writes one, over what was there under its id; gone `keptMs` after `atMs`. */
  put(deadLetter: DeadLetter, keptMs: number): Promise<void>;
  get(id: string): Promise<DeadLetter | undefined>;
  /** The newest first, `most` of them. */
  list(max: number): Promise<readonly DeadLetter[]>;
}
