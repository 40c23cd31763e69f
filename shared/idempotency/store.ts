import type { RecordState } from '../stripe/effect.ts';

/** Times are whole microseconds of the store's time. */
export interface OperationRecord {
  readonly state: RecordState;
  /** SHA-256 of the request that it stands for. */
  readonly fingerprint: string;
  /** Which of the id's keys at Stripe: goes up when a definite failure frees the id. */
  readonly keyVersion: number;
  /** Goes up with every lease: who holds an older one writes no more. */
  readonly fence: number;
  readonly leaseEndsUs: number;
  /** When the key of this version may first have reached Stripe; 0 before. */
  readonly firstCalledUs: number;
  /** After this the record counts as gone, and may be removed. */
  readonly expiresUs: number;
  readonly attempts: number;
  /** Stripe's, the newest last; ten at most. */
  readonly requestIds: readonly string[];
  /** The outcome, JSON; empty until there is one. Never with a client secret. */
  readonly outcome: string;
  /**
   * The expansions that went with the key of this version, JSON. They are no part of the payload, but Stripe compares them:
   * a repeat under the key sends the same. Empty for none.
   */
  readonly expand: string;
  /** How an operator settled the operation, JSON of `Resolution`; empty where no operator did. */
  readonly resolution: string;
}

/** An operator's word on an operation whose outcome was not known. */
export interface Resolution {
  readonly effect: 'done' | 'none';
  readonly reason: string;
  /** Who said so. */
  readonly by: string;
  /** The store's time, microseconds. */
  readonly atUs: number;
}

export interface Change<T> {
  /** What is written; nothing where absent. */
  readonly record?: OperationRecord;
  readonly result: T;
}

export type Likely = 'none' | 'own';

/**
 * The operations of a connection, by id. `change` sees the record and the store's time, and what it makes of them is
 * written only if nobody wrote in between; else it is asked again. Throws `StoreUnanswered` where the store gives no
 * answer: what was to be written may or may not be.
 * `likely` says what probably stands, so that it need not be read: `change` is asked of that first, and again of the record
 * where another one stands.
 *   none  no record yet: the caller comes with a new id. `change` is asked with this machine's own time then; the times of
 *         the record that it makes are put right by the store's
 *   own   what this instance wrote last: the caller holds the operation. `change` is asked with the time of that write
 */
export interface OperationStore {
  update<T>(
    id: string,
    change: (record: OperationRecord | undefined, nowUs: number) => Change<T>,
    likely?: Likely,
  ): Promise<T>;
}
