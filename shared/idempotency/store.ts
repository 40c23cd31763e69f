import type { RecordState } from '../stripe/effect.ts';

/** The record of an operation id. Times are whole microseconds of the store's time. */
export interface OperationRecord {
  readonly state: RecordState;
  /** SHA-256 of the payload. */
  readonly fingerprint: string;
  /** The version of the id's idempotency key, from 0. Incremented by the next attempt after a permanent failure. */
  readonly keyVersion: number;
  /**
   * Incremented with every lease, and when an operator resolves the operation, so that the holder of an earlier lease
   * cannot write.
   */
  readonly fence: number;
  readonly leaseEndsUs: number;
  /** When the key of this version may first have reached Stripe; 0 before. */
  readonly firstCalledUs: number;
  /** After this time the record counts as absent and may be deleted. */
  readonly expiresUs: number;
  readonly attempts: number;
  /** Stripe's request ids, the newest last; at most ten. */
  readonly requestIds: readonly string[];
  /** The outcome of a success or the failure, as JSON; empty before. Never contains a client secret. */
  readonly outcome: string;
  /**
   * The expansions that were sent with the key of this version, as JSON; empty for none. They are not part of the payload,
   * but Stripe compares them, so a repeat with the same key sends the same expansions.
   */
  readonly expand: string;
  /** How an operator resolved the operation: JSON of `Resolution`; empty if no operator did. */
  readonly resolution: string;
}

/** An operator's decision on an operation whose outcome was unknown. */
export interface Resolution {
  readonly effect: 'done' | 'none';
  readonly reason: string;
  /** The name of the operator. */
  readonly by: string;
  /** The store's time in microseconds. */
  readonly atUs: number;
}

/** What a transition decides. */
export interface Change<T> {
  /** The record to write; undefined to write nothing. */
  readonly record?: OperationRecord | undefined;
  readonly result: T;
}

/**
 * A pure step of the state machine. It gets the record and the store's time in microseconds. The store may call it
 * several times and uses the result of the last call.
 */
export type Transition<T> = (record: OperationRecord | undefined, nowUs: number) => Change<T>;

/** A page of records, and the store's time in microseconds. `next` is the cursor of the next page, if there is one. */
export interface OperationEntries {
  readonly entries: readonly { readonly id: string; readonly record: OperationRecord }[];
  /**
   * Ids of the damaged records of the page. For a record without an id, the key under which the store keeps the record.
   */
  readonly unreadable: readonly string[];
  readonly nowUs: number;
  readonly next: string | undefined;
}

/** Lists the records of a connection for its operator, in the store's own order. Only the management methods use it. */
export interface OperationLog {
  page(max: number, after: string | undefined): Promise<OperationEntries>;
}

/**
 * The operation records of a connection, by id.
 *
 * Every method applies a transition to the current record, and writes the new record if no other instance wrote in
 * between. Otherwise the transition runs again. To save a read, `create` and `replaceOwn` first assume what the current
 * record is.
 *
 * @throws the errors of `ports/store-errors.ts`. After a StoreUnavailableError the record may or may not have been
 * written.
 */
export interface OperationStore {
  /** Assumes that no record exists. Costs one write, and if a record exists also the cost of `update`. */
  create<T>(id: string, transition: Transition<T>): Promise<T>;
  /** Assumes nothing. Costs one read, and one write if the transition returns a record. */
  update<T>(id: string, transition: Transition<T>): Promise<T>;
  /**
   * Assumes that this instance wrote the current record, because the caller holds the lease. Costs one write, and if
   * another instance wrote in between also the cost of `update`. The time is this instance's estimate of the store's
   * time. It may be ahead by the duration of one request but never behind, so a lease does not end early.
   */
  replaceOwn<T>(id: string, transition: Transition<T>): Promise<T>;
}
