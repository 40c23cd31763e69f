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

/** What a transition decides. */
export interface Change<T> {
  /** The record to write; undefined to write nothing. */
  readonly record?: OperationRecord | undefined;
  readonly result: T;
}

/**
 * A pure step of the state machine: sees the record and the store's time in microseconds. The store may call it several
 * times; only the last call counts.
 */
export type Transition<T> = (record: OperationRecord | undefined, nowUs: number) => Change<T>;

/**
 * The operation records of a connection, by id.
 *
 * All methods do the same: the transition sees the current record, and its record is written if no other instance wrote
 * in between; otherwise the transition runs again. They differ in the record that the store assumes, so as not to read it.
 *
 * @throws StoreUnavailableError if the store does not respond. The record may or may not be written then.
 */
export interface OperationStore {
  /** Assumes that no record exists. Costs one write; if a record exists, the cost of `update` in addition. */
  create<T>(id: string, transition: Transition<T>): Promise<T>;
  /** Assumes nothing. Costs one read, and one write if the transition returns a record. */
  update<T>(id: string, transition: Transition<T>): Promise<T>;
  /**
   * Assumes that this instance wrote the current record: the caller holds the lease. Costs one write; if another
   * instance wrote in between, the cost of `update` in addition. The time is this instance's estimate of the store's: it
   * may be ahead by the duration of one request, never behind, so a lease does not end early.
   */
  replaceOwn<T>(id: string, transition: Transition<T>): Promise<T>;
}
