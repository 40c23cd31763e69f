/** Slots that were reserved: `count` of them, `intervalNs` apart, the first at `firstNs` of the store's time. */
export interface Reservation {
  readonly firstNs: bigint;
  /** The store's time at some moment before the answer arrived: a lower bound of its now. */
  readonly storeNowNs: bigint;
}

export interface ReservationRequest {
  /** The bucket: one per connection. */
  readonly bucket: string;
  readonly count: number;
  /** Nanoseconds between two slots. */
  readonly intervalNs: bigint;
  /** No slot earlier than this, in the store's time. Must be a lower bound of the store's now, never a wall clock. */
  readonly notBeforeNs: bigint;
}

/** The store gave no answer this time (slow, refusing, out of reach); another question may be answered. */
export class StoreUnanswered extends Error {}

/**
 * The one number that a connection's fleet shares: the time of the next free slot (GCRA's theoretical arrival time).
 * Both calls are one atomic step each; a failure throws and may or may not have reserved: `StoreUnanswered` where
 * asking again can help, anything else where it cannot (no permission, no such database).
 */
export interface TokenStore {
  /** Moves the next free slot to at least `notBeforeNs`, takes `count` slots from there. */
  reserve(request: ReservationRequest): Promise<Reservation>;
  /** The store's time, a lower bound of its now at receipt. */
  nowNs(bucket: string): Promise<bigint>;
}
