import { capacity, laneCount, shardCount, type CapacityBound, type Limits, type LimitView } from './capacity.ts';
import type { Commit, ReservePlan, Step } from './commits.ts';
import { AllocationSteps } from './endpoints/allocation-steps.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { endpointLanes, type EndpointLanes } from './endpoints/queue-lanes.ts';
import type { Allocation } from './endpoints/ring.ts';
import type { Admitted } from './queue/admissions.ts';
import { isBlurred, slotAt, type Now } from './gcra.ts';
import { NodeState } from './node.ts';
import type { Request } from './queue/request.ts';
import { exchangeSlots, promoteMany, QueueSet } from './queue/queue-set.ts';
import type { TokenQueue } from './queue/token-queue.ts';
import type { Reservation, Roster, StoreAnswer } from './store.ts';
import type { RefusedTurn, Settled } from './queue/turn.ts';

/** Maximum number of consecutive calls for a more exact time. A faster response makes the time more exact. */
const SHARPENINGS = 3;

interface QueuePart<C> {
  readonly queue: TokenQueue<C>;
  readonly plan: ReservePlan;
}

/**
 * All queues of one instance, with the state of its fleet and its next calls to the store. Like `TokenQueue`, a state
 * machine without a clock, a store or promises.
 */
export class TokenQueues<C> {
  private readonly node: NodeState;
  private readonly lanes: EndpointLanes;
  private readonly steps: AllocationSteps | undefined;
  private readonly queues: QueueSet<C>;
  /** What each queue reserves in the commit that is in flight. */
  private parts: readonly QueuePart<C>[] = [];
  private sharpenings = 0;
  /**
   * True if a caller was rejected although the nodes were not counted. The next step counts them: the capacity may be
   * larger than that of the floor.
   */
  countWanted = false;
  private readonly admittedTo = new Map<Admitted, TokenQueue<C>>();

  constructor(limits: Limits, place: number) {
    this.node = new NodeState(limits, place, shardCount(capacity(limits.maxNodes, limits).perSecond) === 1);
    this.lanes = endpointLanes(limits);
    this.queues = new QueueSet(this.node, this.lanes);
    if (this.lanes.allocation !== undefined) this.steps = new AllocationSteps(this.lanes.allocation, limits);
  }

  /** Adds a caller. Returns its rejection if its wait is known to be too long. */
  join(nowMs: number, request: Request<C>): Settled<C> | undefined {
    const refused = this.queues.queueOf(nowMs, request.endpoint).join(nowMs, request);
    if (refused !== undefined) this.noteRefusal(nowMs);
    return refused;
  }

  /**
   * Counts a caller that will join later. Later admissions include it in their expected waits. Returns the rejection if
   * the caller's wait would be too long.
   */
  admit(
    nowMs: number,
    { maxWaitMs, priority = 'interactive', endpoint }: Omit<Request<C>, 'caller'>,
  ): Admitted | RefusedTurn {
    const queue = this.queues.queueOf(nowMs, endpoint);
    const admitted = queue.admit(nowMs, maxWaitMs, priority);
    if ('granted' in admitted) this.noteRefusal(nowMs);
    else this.admittedTo.set(admitted, queue);
    return admitted;
  }

  private noteRefusal(nowMs: number): void {
    this.countWanted = this.node.members(this.node.now(nowMs)) === undefined;
  }

  /** Ends an admission: its caller joins now, or will not join. */
  leaveAdmission(admitted: Admitted, nowMs: number): void {
    this.admittedTo.get(admitted)?.leaveAdmission(admitted, nowMs);
    this.admittedTo.delete(admitted);
  }

  throttle(nowMs: number, releasedMs: number, retryAfterMs: number): void {
    this.node.planThrottle(nowMs, releasedMs, retryAfterMs);
  }

  /** 1, or 1/2, 1/4, 1/8 while Stripe slows the connection. */
  pace(nowMs: number): number {
    return this.node.pace(nowMs);
  }

  /** Moves callers and slots between queues if needed, settles callers, and returns the next calls to the store. */
  step(nowMs: number): Step<C> {
    const now = this.node.now(nowMs);
    const known = now ?? this.node.lowerBoundNow(nowMs);
    this.queues.regroup(nowMs, known);
    const queues = this.queues.all();
    for (const queue of queues) queue.moveForward(nowMs);
    if (now !== undefined && queues.length > 1) {
      promoteMany(queues, nowMs, this.node.slotsPerSecond(now, this.lanes.of(undefined)));
      exchangeSlots(queues, now);
    }
    const settled = queues.flatMap((queue) => queue.settle(nowMs));
    const { callers, waitingEndpoints } = this.queues;
    const count = this.node.nextCount(nowMs, now, callers + Number(this.countWanted), waitingEndpoints.length === 0);
    this.countWanted = false;
    // While the store does not respond, only commits are sent, to learn whether it does again.
    const mayRead = callers > 0 && this.node.trouble === undefined;
    const allocation = mayRead ? this.steps?.next(nowMs, known, this.node.members(now), waitingEndpoints) : undefined;
    const commit = this.nextCommit(nowMs, now, queues, callers, settled);
    if (commit !== undefined) this.node.commitSent();
    this.queues.removeIdle(nowMs);
    const wakes = queues.map((queue) => queue.wakeMs(nowMs, now));
    if (callers > 0) wakes.push(this.steps?.wakeMs(nowMs, now), ...queues.map((queue) => queue.nextSlotMs(nowMs, now)));
    const wakeMs = Math.min(...wakes.filter((one) => one !== undefined));
    return { settled, commit, count, allocation, wakeMs: Number.isFinite(wakeMs) ? wakeMs : undefined };
  }

  /**
   * Returns the next commit. A slowdown comes first, then a commit that tells the store's time, a reservation, and a
   * renewal.
   */
  private nextCommit(
    nowMs: number,
    now: Now | undefined,
    queues: readonly TokenQueue<C>[],
    callers: number,
    settled: Settled<C>[],
  ): Commit | undefined {
    if (!this.node.mayCommit(nowMs)) return undefined;
    const slowdown = now === undefined ? undefined : this.node.takeSlowdown(now);
    if (slowdown !== undefined) return slowdown;
    if (now === undefined || this.needsTime(nowMs, now, queues))
      return this.timeCommit(nowMs, now, queues, callers, settled);
    return (
      this.reserveCommit(nowMs, now, queues, settled) ??
      // A member whose callers wait long without a reservation renews its membership with a join, to keep its rank.
      joinIf(callers > 0 && this.node.renewalDue(now, 2))
    );
  }

  /**
   * Returns the commit whose answer tells the store's time. For a lone caller this is its reservation, if a lower bound
   * of the time is known. If both bounds are known, the reserved slots are long enough for the difference of the bounds,
   * so on a slow path to the store the answer need not be more exact. For several callers the commit is a join: they would
   * lose more slots if the lower bound is too early, and they need a count of the nodes, which must include this one.
   */
  private timeCommit(
    nowMs: number,
    now: Now | undefined,
    queues: readonly TokenQueue<C>[],
    callers: number,
    settled: Settled<C>[],
  ): Commit | undefined {
    const known = now ?? this.node.lowerBoundNow(nowMs);
    if (callers !== 1) return joinIf(callers > 0);
    // The read of the lanes tells the lower bound.
    if (known === undefined && this.steps?.isReading === true) return undefined;
    const reservation = known === undefined ? undefined : this.reserveCommit(nowMs, known, queues, settled);
    return reservation ?? { kind: 'join' };
  }

  /** Returns whether to request the store's time again, because it is too uncertain for a queue. Counts the requests. */
  private needsTime(nowMs: number, now: Now, queues: readonly TokenQueue<C>[]): boolean {
    if (!isBlurred(slotAt(0, 0), now)) this.sharpenings = 0;
    if (this.sharpenings >= SHARPENINGS || !queues.some((queue) => queue.needsTime(nowMs, now))) return false;
    this.sharpenings += 1;
    return true;
  }

  /** Returns one commit that reserves slots for all queues. */
  private reserveCommit(
    nowMs: number,
    now: Now,
    queues: readonly TokenQueue<C>[],
    settled: Settled<C>[],
  ): Commit | undefined {
    const notBeforeUs = now.earliestUs + this.node.time.leadUs();
    const taken = new Set<number>();
    const parts: QueuePart<C>[] = [];
    const planFor = (queue: TokenQueue<C>): void => {
      const plan = queue.plan(nowMs, now, notBeforeUs, taken, settled);
      if (plan === undefined) return;
      for (const { lane } of plan.requests) taken.add(lane);
      parts.push({ queue, plan });
    };
    for (const queue of queues) planFor(queue);
    // The queues before the first one that reserves were planned as if no commit were sent. One is sent, so they may
    // reserve early.
    const [first] = parts;
    if (first !== undefined) for (const queue of queues.slice(0, queues.indexOf(first.queue))) planFor(queue);
    if (parts.length === 0) return undefined;
    this.parts = parts;
    const requests = parts.flatMap(({ plan }) => plan.requests);
    return { kind: 'reserve', requests, notBeforeUs, renew: this.node.renewalDue(now) };
  }

  /** Learns the store's time from the response to a call of another component. */
  learnTime(sentMs: number, nowMs: number, storeUs: number): void {
    this.node.learnTime(sentMs, nowMs, storeUs);
  }

  /** Applies the response to a commit that was sent at `sentMs`. Each queue gets the grants of its own requests. */
  committed(commit: Commit, sentMs: number, nowMs: number, answer: StoreAnswer | Reservation): void {
    this.node.answered();
    this.node.learnTime(sentMs, nowMs, answer.atUs);
    if (commit.kind === 'join') this.node.renewed(answer.atUs);
    if (commit.kind !== 'reserve' || !('grants' in answer)) return;
    if (commit.renew) this.node.renewed(answer.atUs);
    this.node.checking = false;
    this.node.records.learn(commit.requests, answer, commit.notBeforeUs);
    this.node.throttleUntil(nowMs, Math.max(0, ...answer.grants.map(({ throttledUntilUs }) => throttledUntilUs)));
    let first = 0;
    for (const { queue, plan } of this.parts) {
      const grants = answer.grants.slice(first, first + plan.requests.length);
      queue.reserved(plan, commit.notBeforeUs, { ...answer, grants });
      first += plan.requests.length;
    }
    this.parts = [];
  }

  /**
   * Handles a failed commit and returns the callers to reject. If another attempt can help, one follows after a pause,
   * and the callers that can wait for it stay. Otherwise every caller is rejected.
   */
  uncommitted(commit: Commit, nowMs: number, cause: unknown, canHelp: boolean): Settled<C>[] {
    this.parts = [];
    this.node.unanswered(nowMs, cause);
    if (commit.kind === 'throttle' && canHelp) this.node.keepSlowdown(commit);
    return this.queues.all().flatMap((queue) => queue.uncommitted(cause, canHelp));
  }

  counted(roster: Roster): void {
    this.node.counted(roster);
  }

  countFailed(nowMs: number): void {
    this.node.countFailed(nowMs);
  }

  /** Applies the answer to a read of the allocation, which also gives a lower bound of the store's time. */
  allocationRead(allocation: Allocation, sentMs: number, nowMs: number): void {
    this.node.learnReadTime(sentMs, nowMs, allocation.atUs);
    this.steps?.read(allocation);
  }

  allocationWritten(): void {
    this.steps?.written();
  }

  allocationFailed(nowMs: number): void {
    this.steps?.failed(nowMs);
  }

  /** Removes and returns every caller, because the connection is suspended. Drops the reserved slots. */
  dismiss(): C[] {
    this.node.checking = true;
    return this.queues.all().flatMap((queue) => queue.dismiss());
  }

  /** The limit as this instance sees it, and the number of its waiting callers. */
  view(nowMs: number): LimitView {
    const limit = this.node.capacity(this.node.now(nowMs));
    return { ...limit, waiting: this.queues.callers, pace: this.pace(nowMs) };
  }

  /** Returns what bounds the rate of calls to an endpoint. */
  boundOf(nowMs: number, endpoint: Endpoint | undefined): CapacityBound | 'endpoint' {
    const now = this.node.now(nowMs);
    const { perSecond, bound } = this.node.capacity(now);
    if (now === undefined) return bound;
    const apart = endpoint !== undefined && this.lanes.isSeparate(endpoint, now.earliestUs) ? endpoint : undefined;
    return this.lanes.of(apart).lanes(now, perSecond).size < laneCount(perSecond) ? 'endpoint' : bound;
  }
}

function joinIf(wanted: boolean): Commit | undefined {
  return wanted ? { kind: 'join' } : undefined;
}
