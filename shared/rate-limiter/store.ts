/** Times are whole microseconds of the store's time. `atUs` of an answer: a moment before the answer arrived. */
export interface StoreAnswer {
  readonly atUs: number;
}

/** One instance of one function, as its connection's fleet knows it. */
export interface Member {
  readonly connection: string;
  /** Unique and fresh for each instance. */
  readonly id: string;
  /** A random place in [0, 1): members are ranked by it. */
  readonly place: number;
}

/** Slots of one lane: `count` of them, `spacingUs` apart. With a count of 0 the lane is reported and stays as it is. */
export interface SlotRequest {
  readonly lane: number;
  readonly count: number;
  readonly spacingUs: number;
  /** How much later than the reservation's `notBeforeUs` the first one begins at least; 0 where it is not given. */
  readonly delayUs?: number;
}

/** The slots that a request got begin here. */
export interface SlotGrant {
  readonly firstUs: number;
  /** Until when the connection's pace is reduced (`throttle.ts`); 0 where it never was. */
  readonly calmUs: number;
}

export interface ReservationRequest {
  readonly member: Member;
  readonly requests: readonly SlotRequest[];
  /** No slot earlier than this. Must be a lower bound of the store's now or later, never a wall clock. */
  readonly notBeforeUs: number;
  /** Whether the membership is renewed in the same step. */
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

/** Members seen at or after a moment: how many, and how many of them stand before this one. */
export interface Roster extends StoreAnswer {
  readonly live: number;
  readonly rank: number;
}

/** A slower pace for shards 0 to `shards` - 1. */
export interface SlowRequest {
  readonly connection: string;
  readonly shards: number;
  readonly calmUs: number;
  readonly notBeforeUs: number;
}

/**
 * What a connection's fleet shares: for each lane the time of its next free slot (GCRA's theoretical arrival time); for
 * each shard, a document of six lanes, the pace; for each instance when it was seen. Every call is one atomic step; a
 * failure throws and may or may not have taken place: a store that is unavailable where asking again can help, any other
 * error where it cannot.
 */
export interface TokenStore {
  /** Makes the instance a member, and tells the time. */
  join(member: Member): Promise<StoreAnswer>;
  /** Counts the members seen at or after `sinceUs`. */
  look(member: Member, sinceUs: number): Promise<Roster>;
  /** Moves each lane's next free slot to at least `notBeforeUs`, takes its slots from there. No lane is asked twice in one request. */
  reserve(request: ReservationRequest): Promise<Reservation>;
  /** Slows every shard: neither `calmUs` nor the next free slot of its lanes ever goes back. */
  slow(request: SlowRequest): Promise<StoreAnswer>;
  /** Sets the pace of shards 0 to `shards` - 1 outright: `suspension` marks them, and takes its mark away. */
  set(connection: string, shards: number, calmUs: number): Promise<StoreAnswer>;
  /** Ends the membership. */
  leave(member: Member): Promise<void>;
}
