/** Times are whole microseconds of the store's time. `atUs` of a response is a moment before the response arrived. */
export interface StoreAnswer {
  readonly atUs: number;
}

/** One instance of one function, as a member of its connection's fleet. */
export interface Member {
  readonly connection: string;
  /** Unique for each instance. */
  readonly id: string;
  /** A random number in [0, 1). Members are ranked by it. */
  readonly place: number;
}

/** `count` slots of one lane, `spacingUs` apart. With a count of 0 the lane is reported and not changed. */
export interface SlotRequest {
  readonly lane: number;
  readonly count: number;
  readonly spacingUs: number;
  /** Minimum delay of the first slot after the reservation's `notBeforeUs`. Default 0. */
  readonly delayUs?: number;
}

/** The granted slots of a request. */
export interface SlotGrant {
  readonly firstUs: number;
  /** End of the connection's reduced pace (`throttle.ts`); 0 if it was never reduced. */
  readonly throttledUntilUs: number;
}

export interface ReservationRequest {
  readonly member: Member;
  readonly requests: readonly SlotRequest[];
  /**
   * The earliest time of a slot. It is derived from the store's time and never from a wall clock: a time far in the future
   * would leave the lanes unused until then.
   */
  readonly notBeforeUs: number;
  /** True to renew the membership in the same step. */
  readonly renew: boolean;
}

export interface LaneState {
  readonly lane: number;
  readonly nextUs: number;
}

export interface Reservation extends StoreAnswer {
  /** One for each request, in order. */
  readonly grants: readonly SlotGrant[];
  /** Every lane of the shards of the requests, with the time of its next free slot after the step. */
  readonly lanes: readonly LaneState[];
}

/** The number of members that were seen at or after a given time, and how many of them rank before the one that asks. */
export interface Roster extends StoreAnswer {
  readonly live: number;
  readonly rank: number;
}

/**
 * A slower pace for shards 0 to `shards` - 1. `throttledUntilUs`: when the reduced pace ends. `notBeforeUs`: the earliest
 * time of further slots.
 */
export interface ThrottleRequest {
  readonly connection: string;
  readonly shards: number;
  readonly throttledUntilUs: number;
  readonly notBeforeUs: number;
}

/**
 * The state that the instances of a connection share: the next free slot of each lane (GCRA's theoretical arrival
 * time), the pace of each shard (a document of six lanes), and the time at which each instance was last seen. Every
 * call that writes is one atomic step. A call that throws may or may not have taken effect. A call throws
 * `StoreUnavailableError` if a retry can help, and another error if it cannot.
 */
export interface TokenStore {
  /** Makes the instance a member and returns the time. */
  join(member: Member): Promise<StoreAnswer>;
  /** Counts the members seen at or after `sinceUs`. */
  countMembers(member: Member, sinceUs: number): Promise<Roster>;
  /** Moves each lane's next free slot to at least `notBeforeUs` and takes slots from there. A request names a lane once. */
  reserve(request: ReservationRequest): Promise<Reservation>;
  /**
   * Throttles shards 0 to `shards` - 1. `throttledUntilUs` and the next free slots of the lanes are raised and never
   * lowered.
   */
  throttle(request: ThrottleRequest): Promise<StoreAnswer>;
  /**
   * Sets when the reduced pace of shards 0 to `shards` - 1 ends, also to an earlier time. It is used to suspend and
   * resume a connection (`suspension.ts`).
   */
  set(connection: string, shards: number, throttledUntilUs: number): Promise<StoreAnswer>;
  /** Ends the membership. */
  leave(member: Member): Promise<void>;
}
