import { MS_US } from '../ports/time-units.ts';
import { capacity, shardCount, type Capacity, type Limits } from './capacity.ts';
import type { Commit, CountRequest } from './commits.ts';
import type { Now } from './gcra.ts';
import { allLanes, type LaneSet } from './lanes/lane-set.ts';
import type { QueueLanes } from './lanes/queue-lanes.ts';
import { LaneRecords } from './lanes/records.ts';
import { lastUseUs, LIFE_US, Membership, type View } from './membership.ts';
import { StoreTime } from './server-clock.ts';
import type { Roster } from './store.ts';
import { brake, stretch, type Brake } from './throttle.ts';

/** Milliseconds between a commit without a response and the next one. */
const COMMIT_PAUSE_MS = 400;
/**
 * Milliseconds between a failed count and the next one. Without a response of the store, a node makes at most three calls a
 * second: 2.5 commits, and a count of two calls every four seconds.
 */
const COUNT_PAUSE_MS = 4000;

/** After a call of the highest class, further calls of this class are expected for this many milliseconds. */
const PAYMENTS_MS = 60_000;

/**
 * What one instance knows of its fleet: the store's time, the live nodes, and the pace. All queues of the instance
 * share this state.
 */
export class NodeState {
  readonly time = new StoreTime();
  readonly records = new LaneRecords();
  private readonly membership = new Membership();
  private all: { readonly perSecond: number; readonly set: LaneSet } | undefined;
  private committing = false;
  private counting = false;
  /** Why the last commit had no response; undefined while the store responds. */
  trouble: unknown;
  /** No commit is sent before this time, in milliseconds of the monotonic clock. */
  commitAgainMs = -Infinity;
  private countAgainMs = -Infinity;
  private throttledUntilUs = 0;
  /** When `throttledUntilUs` last became later, in milliseconds of the monotonic clock. */
  private slowedMs = -Infinity;
  private brake: Brake | undefined;
  /** The earliest start of new requests that Stripe's Retry-After to a request of this instance allows. */
  notBeforeUs = -Infinity;
  /** When a caller of the highest class last joined each queue, by the lanes of the queue. */
  private readonly paymentMs = new Map<QueueLanes, number>();
  /**
   * True while the connection is suspended. A reservation then takes no slots; its answer tells whether the connection is
   * still suspended.
   */
  checking = false;

  constructor(
    readonly limits: Limits,
    /** A random number in [0, 1) that determines the rank of the instance among the nodes. */
    readonly place: number,
    /** True if the lanes of `maxNodes` nodes are in one shard. The nodes then take turns, and their number does not matter. */
    readonly singleShard: boolean,
  ) {}

  /** Returns the bounds of the store's time. Undefined until the answer to a commit gives the upper bound. */
  now(nowMs: number): Now | undefined {
    return this.time.now(nowMs * MS_US);
  }

  /** Learns the store's time from the answer to a commit. */
  learnTime(sentMs: number, nowMs: number, storeUs: number): void {
    this.time.learn(sentMs * MS_US, nowMs * MS_US, storeUs);
  }

  /** Learns the store's time from a read. A read proves only a lower bound. */
  learnReadTime(sentMs: number, nowMs: number, storeUs: number): void {
    this.time.learnRead(sentMs * MS_US, nowMs * MS_US, storeUs);
  }

  /** The lower bound of the store's time, to plan a reservation with. No slot is released by it. */
  lowerBoundNow(nowMs: number): Now | undefined {
    return this.time.lowerBoundNow(nowMs * MS_US);
  }

  /** The count of the nodes; undefined if the last one is too old. */
  members(now: Now | undefined): View | undefined {
    return now === undefined ? undefined : this.membership.view(now.earliestUs);
  }

  /** Returns the capacity. Without a count of the nodes it is that of `minNodes` nodes, which is always permitted. */
  capacity(now: Now | undefined): Capacity {
    return capacity(this.members(now)?.live ?? 0, this.limits);
  }

  /** The lanes of a capacity. */
  lanes(perSecond: number): LaneSet {
    if (this.all?.perSecond !== perSecond) this.all = { perSecond, set: allLanes(perSecond) };
    return this.all.set;
  }

  /** Number of slots a second that this node has of the lanes of `source`, if all nodes have equal parts. */
  slotsPerSecond(now: Now, source: QueueLanes): number {
    const { perSecond, nodes } = this.capacity(now);
    const { size, rate } = source.lanes(now, perSecond);
    return (size * rate) / Math.max(1, this.members(now)?.live ?? nodes) / this.stretch(now);
  }

  /**
   * Returns the latest time at which slots of lanes beyond the floor (the lanes of `minNodes` nodes) may be used. After
   * it, the count of the nodes that permits these lanes is too old. 0 if there is no valid count.
   */
  lastUseUs(now: Now): number {
    const members = this.members(now);
    return members === undefined ? 0 : lastUseUs(members);
  }

  /** True while there is no valid count of the nodes, but a count is in flight. */
  isCounting(now: Now): boolean {
    return this.counting && this.members(now) === undefined;
  }

  /** Factor of the intervals between slots: 1, 2, 4 or 8. */
  stretch(now: Now): number {
    return stretch(this.throttledUntilUs, now.earliestUs);
  }

  /** 1, or 1/2, 1/4, 1/8 while Stripe slows the connection. */
  pace(nowMs: number): number {
    const now = this.now(nowMs);
    return now === undefined ? 1 : 1 / this.stretch(now);
  }

  /**
   * Plans a slowdown, because Stripe returned 429 to a request that was released at `releasedMs`. The 429 is ignored if
   * the request was released before the last slowdown, or if the store's time is unknown.
   */
  planThrottle(nowMs: number, releasedMs: number, retryAfterMs: number): void {
    const now = this.now(nowMs);
    if (now === undefined || releasedMs <= this.slowedMs) return;
    this.brake = brake(this.throttledUntilUs, now, retryAfterMs * MS_US);
    if (retryAfterMs > 0) this.notBeforeUs = this.brake.notBeforeUs;
    this.throttleUntil(nowMs, this.brake.throttledUntilUs);
  }

  /** Records the time at which the reduced pace ends. A time before the recorded one is ignored. */
  throttleUntil(nowMs: number, throttledUntilUs: number): void {
    if (throttledUntilUs <= this.throttledUntilUs) return;
    this.throttledUntilUs = throttledUntilUs;
    this.slowedMs = nowMs;
  }

  /** True if no commit is in flight, and the pause after a commit without a response is over. */
  mayCommit(nowMs: number): boolean {
    return !this.committing && nowMs >= this.commitAgainMs;
  }

  /** True while it is unknown whether the store responds. */
  isUncertain(nowMs: number): boolean {
    return this.committing || this.trouble !== undefined || this.now(nowMs) === undefined;
  }

  get isCommitting(): boolean {
    return this.committing;
  }

  /** Records that a commit was sent. */
  commitSent(): void {
    this.committing = true;
  }

  /** Records that the store answered a commit. */
  answered(): void {
    this.committing = false;
    this.trouble = undefined;
  }

  /** Records that a commit failed. The next commit follows after a pause. */
  unanswered(nowMs: number, cause: unknown): void {
    this.committing = false;
    this.trouble = cause;
    this.commitAgainMs = nowMs + COMMIT_PAUSE_MS;
  }

  /** Records that a caller of the highest class joined. `source`: the lanes that its queue may use. */
  notePayment(source: QueueLanes, nowMs: number): void {
    this.paymentMs.set(source, nowMs);
  }

  /** For each queue that a caller of the highest class will likely join soon: the lanes of the queue. */
  paymentLanes(nowMs: number, now: Now): LaneSet[] {
    for (const [source, lastMs] of this.paymentMs) if (nowMs >= lastMs + PAYMENTS_MS) this.paymentMs.delete(source);
    const { perSecond } = this.capacity(now);
    return [...this.paymentMs.keys()].map((source) => source.lanes(now, perSecond));
  }

  /** Returns the commit of the slowdown that the store does not have yet, and forgets the slowdown. */
  takeSlowdown(now: Now): Commit | undefined {
    if (this.brake === undefined) return undefined;
    const commit: Commit = { kind: 'throttle', shards: shardCount(this.capacity(now).perSecond), ...this.brake };
    this.brake = undefined;
    return commit;
  }

  /** Keeps a slowdown whose commit had no response, to send it again, unless there is a later slowdown. */
  keepSlowdown(slowdown: Brake): void {
    this.brake ??= slowdown;
  }

  /**
   * True if `periods` renewal periods have passed since the last renewal. Always false if all lanes are in one shard,
   * because the nodes are then not counted.
   */
  renewalDue(now: Now, periods = 1): boolean {
    return !this.singleShard && this.membership.renewalDue(now.earliestUs, periods);
  }

  /** Records a renewal of the membership. `atUs` is the store's time of the renewal. */
  renewed(atUs: number): void {
    this.membership.renewed(atUs);
  }

  /**
   * Returns the next count of the nodes, if one is due. `withinFloor`: the lanes of the floor can serve a single
   * caller, so that its first count can wait. Otherwise even a single caller needs one.
   */
  nextCount(nowMs: number, now: Now | undefined, callers: number, withinFloor: boolean): CountRequest | undefined {
    if (this.singleShard || this.counting || now === undefined || callers === 0) return undefined;
    const needed = withinFloor ? callers : Math.max(2, callers);
    if (!this.membership.countDue(now.earliestUs, needed) || nowMs < this.countAgainMs) return undefined;
    this.counting = true;
    return { sinceUs: now.earliestUs - LIFE_US };
  }

  /** Records the result of a count of the nodes. */
  counted(roster: Roster): void {
    this.counting = false;
    this.membership.counted(roster);
  }

  /** Records that a count of the nodes failed. The next count follows after a pause. */
  countFailed(nowMs: number): void {
    this.counting = false;
    this.countAgainMs = nowMs + COUNT_PAUSE_MS;
  }
}
