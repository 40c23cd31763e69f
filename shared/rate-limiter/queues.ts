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
import { TokenQueue } from './queue/token-queue.ts';
import type { Reservation, Roster, StoreAnswer } from './store.ts';
import { PRIORITIES, type RefusedTurn, type Settled, type Waiter } from './queue/wait-queue.ts';

/** Milliseconds that a queue without callers keeps what it learned of its lanes. */
const KEPT_MS = 60_000;

/** Maximum consecutive calls for a more exact time: each response may be faster than the ones before. */
const SHARPENINGS = 3;

interface QueuePart<C> {
  readonly queue: TokenQueue<C>;
  readonly plan: ReservePlan;
}

interface Separate<C> {
  readonly endpoint: Endpoint;
  readonly queue: TokenQueue<C>;
  usedMs: number;
}

/**
 * The queues of one instance: one for all calls, and one for each endpoint whose ceiling is below the lanes in use. They
 * share what the instance knows of its fleet. Like `TokenQueue` without a clock, a store or promises.
 */
export class TokenQueues<C> {
  private readonly node: NodeState;
  private readonly lanes: EndpointLanes;
  private readonly steps: AllocationSteps | undefined;
  private readonly shared: TokenQueue<C>;
  private readonly separate = new Map<string, Separate<C>>();
  /** What each queue reserves in the commit that is in flight. */
  private parts: readonly QueuePart<C>[] = [];
  private sharpenings = 0;
  private readonly admittedTo = new Map<Admitted, TokenQueue<C>>();
  /** The lanes by which callers were last assigned to queues. */
  private ring: number | undefined;

  constructor(limits: Limits, place: number) {
    this.node = new NodeState(limits, place, shardCount(capacity(limits.maxNodes, limits).perSecond) === 1);
    this.lanes = endpointLanes(limits);
    this.shared = new TokenQueue(this.node, this.lanes.of(undefined));
    if (this.lanes.allocation !== undefined) this.steps = new AllocationSteps(this.lanes.allocation, limits);
  }

  /** Adds a caller. It is rejected at once if its wait is known to be too long. */
  join(nowMs: number, request: Request<C>): Settled<C> | undefined {
    return this.queueOf(nowMs, request.endpoint).join(nowMs, request);
  }

  /**
   * Counts a caller that joins later, so that callers in between see it. Returns the rejection if its wait would be too
   * long.
   */
  admit(
    nowMs: number,
    { maxWaitMs, priority = 'interactive', endpoint }: Omit<Request<C>, 'caller'>,
  ): Admitted | RefusedTurn {
    const queue = this.queueOf(nowMs, endpoint);
    const admitted = queue.admit(nowMs, maxWaitMs, priority);
    if (!('granted' in admitted)) this.admittedTo.set(admitted, queue);
    return admitted;
  }

  /** The caller of an admission joins now, or never. */
  leaveAdmission(admitted: Admitted, nowMs: number): void {
    this.admittedTo.get(admitted)?.leaveAdmission(admitted, nowMs);
    this.admittedTo.delete(admitted);
  }

  slow(nowMs: number, releasedMs: number, retryAfterMs: number): void {
    this.node.slow(nowMs, releasedMs, retryAfterMs);
  }

  /** 1, or 1/2, 1/4, 1/8 while Stripe slows the connection. */
  pace(nowMs: number): number {
    return this.node.pace(nowMs);
  }

  step(nowMs: number): Step<C> {
    const now = this.node.now(nowMs);
    this.regroup(nowMs, now);
    const queues = this.queues();
    if (now !== undefined && queues.length > 1) exchangeSlots(queues, now);
    const settled = queues.flatMap((queue) => queue.settle(nowMs));
    const apart = [...this.separate.values()].filter(({ queue }) => queue.length > 0);
    const callers = queues.reduce((sum, queue) => sum + queue.length, 0);
    const look = this.node.nextLook(nowMs, now, callers, apart.length === 0);
    const commit = this.nextCommit(nowMs, now, queues, callers, settled);
    const endpoints = apart.map(({ endpoint }) => endpoint);
    // While the store does not respond, only commits ask whether it does again.
    const asks = callers > 0 && this.node.trouble === undefined;
    const allocation = asks ? this.steps?.next(nowMs, now, this.node.members(now), endpoints) : undefined;
    this.removeIdle(nowMs);
    const wakes = queues.map((queue) => queue.wakeMs(nowMs, now));
    if (callers > 0) wakes.push(this.steps?.wakeMs(nowMs, now), ...queues.map((queue) => queue.nextSlotMs(nowMs, now)));
    const wakeMs = Math.min(...wakes.filter((one) => one !== undefined));
    return { settled, commit, look, allocation, wakeMs: Number.isFinite(wakeMs) ? wakeMs : undefined };
  }

  private nextCommit(
    nowMs: number,
    now: Now | undefined,
    queues: readonly TokenQueue<C>[],
    callers: number,
    settled: Settled<C>[],
  ): Commit | undefined {
    if (!this.node.mayCommit(nowMs)) return undefined;
    const commit =
      now === undefined
        ? joinIf(callers > 0)
        : (this.node.takeSlowdown(now) ??
          joinIf(this.needsTime(nowMs, now, queues)) ??
          this.reserveCommit(nowMs, now, queues, settled) ??
          // A member that waits long without a reservation renews all the same, so that its rank stays.
          joinIf(callers > 0 && this.node.renewalDue(now, 2)));
    if (commit !== undefined) this.node.committed();
    return commit;
  }

  /** The time is requested again if it is uncertain, or too uncertain for the next slot. */
  private needsTime(nowMs: number, now: Now, queues: readonly TokenQueue<C>[]): boolean {
    if (!isBlurred(slotAt(0, 0), now)) this.sharpenings = 0;
    if (this.sharpenings >= SHARPENINGS || !queues.some((queue) => queue.needsTime(nowMs, now))) return false;
    this.sharpenings += 1;
    return true;
  }

  /** One commit reserves for all queues. */
  private reserveCommit(
    nowMs: number,
    now: Now,
    queues: readonly TokenQueue<C>[],
    settled: Settled<C>[],
  ): Commit | undefined {
    const notBeforeUs = now.leastUs + this.node.time.leadUs();
    const taken = new Set<number>();
    const parts: QueuePart<C>[] = [];
    const planFor = (queue: TokenQueue<C>): void => {
      const plan = queue.plan(nowMs, now, notBeforeUs, taken, settled);
      if (plan === undefined) return;
      for (const { lane } of plan.requests) taken.add(lane);
      parts.push({ queue, plan });
    };
    for (const queue of queues) planFor(queue);
    // Queues before the first one that reserves.
    const [first] = parts;
    if (first !== undefined) for (const queue of queues.slice(0, queues.indexOf(first.queue))) planFor(queue);
    if (parts.length === 0) return undefined;
    this.parts = parts;
    const requests = parts.flatMap(({ plan }) => plan.requests);
    return { ask: 'reserve', requests, notBeforeUs, renew: this.node.renewalDue(now) };
  }

  /** A response of the store to the call of another component. */
  hear(askedMs: number, nowMs: number, saidUs: number): void {
    this.node.hear(askedMs, nowMs, saidUs);
  }

  /** The response to a commit that was sent at `askedMs`. */
  committed(commit: Commit, askedMs: number, nowMs: number, answer: StoreAnswer | Reservation): void {
    this.node.answered();
    this.node.hear(askedMs, nowMs, answer.atUs);
    if (commit.ask === 'join') this.node.renewed(answer.atUs);
    if (commit.ask !== 'reserve' || !('grants' in answer)) return;
    if (commit.renew) this.node.renewed(answer.atUs);
    this.node.checking = false;
    this.node.records.learn(commit.requests, answer, commit.notBeforeUs);
    this.node.calm(nowMs, Math.max(0, ...answer.grants.map(({ calmUs }) => calmUs)));
    let first = 0;
    for (const { queue, plan } of this.parts) {
      const grants = answer.grants.slice(first, first + plan.requests.length);
      queue.reserved(plan, commit.notBeforeUs, { ...answer, grants });
      first += plan.requests.length;
    }
    this.parts = [];
  }

  /** A commit had no response. It is repeated after a pause if that can help; otherwise every caller is rejected. */
  uncommitted(commit: Commit, nowMs: number, cause: unknown, canHelp: boolean): Settled<C>[] {
    this.parts = [];
    this.node.unanswered(nowMs, cause);
    if (commit.ask === 'slow' && canHelp) this.node.keepSlowdown(commit);
    return this.queues().flatMap((queue) => queue.uncommitted(cause, canHelp));
  }

  looked(roster: Roster): void {
    this.node.looked(roster);
  }

  unlooked(nowMs: number): void {
    this.node.unlooked(nowMs);
  }

  allocationRead(allocation: Allocation, askedMs: number, nowMs: number): void {
    this.node.hear(askedMs, nowMs, allocation.atUs);
    this.steps?.read(allocation);
  }

  allocationWritten(): void {
    this.steps?.written();
  }

  allocationFailed(nowMs: number): void {
    this.steps?.failed(nowMs);
  }

  /** Rejects every caller and drops the reserved slots. */
  dismiss(): C[] {
    this.node.checking = true;
    return this.queues().flatMap((queue) => queue.dismiss());
  }

  /** The limit as this instance sees it, and the number of its waiting callers. */
  view(nowMs: number): LimitView {
    const waiting = this.queues().reduce((sum, queue) => sum + queue.length, 0);
    const limit = this.node.capacity(this.node.now(nowMs));
    return { ...limit, waiting, pace: this.pace(nowMs) };
  }

  /** What bounds the rate of calls to an endpoint. */
  boundOf(nowMs: number, endpoint: Endpoint | undefined): CapacityBound | 'endpoint' {
    const now = this.node.now(nowMs);
    const { perSecond, bound } = this.node.capacity(now);
    if (now === undefined) return bound;
    const apart = endpoint !== undefined && this.lanes.isSeparate(endpoint, now.leastUs) ? endpoint : undefined;
    return this.lanes.of(apart).lanes(now, perSecond).size < laneCount(perSecond) ? 'endpoint' : bound;
  }

  private queueOf(nowMs: number, endpoint: Endpoint | undefined): TokenQueue<C> {
    if (endpoint === undefined || !this.lanes.isSeparate(endpoint, this.node.now(nowMs)?.leastUs)) return this.shared;
    const found = this.separate.get(endpoint.key);
    if (found !== undefined) {
      found.usedMs = nowMs;
      return found.queue;
    }
    const queue = new TokenQueue<C>(this.node, this.lanes.of(endpoint));
    this.separate.set(endpoint.key, { endpoint, queue, usedMs: nowMs });
    return queue;
  }

  /** After a change of the ring, callers wait in the queue that their endpoint has now. */
  private regroup(nowMs: number, now: Now | undefined): void {
    const { allocation } = this.lanes;
    if (allocation === undefined || now === undefined) return;
    const ring = allocation.ringAt(now.leastUs);
    if (ring === this.ring) return;
    this.ring = ring;
    const waiting: Waiter<C>[] = this.shared.takeWaiting();
    for (const { queue } of this.separate.values()) waiting.push(...queue.takeWaiting());
    for (const waiter of waiting) this.queueOf(nowMs, waiter.endpoint).receive(waiter);
  }

  private removeIdle(nowMs: number): void {
    for (const [key, { queue, usedMs }] of this.separate)
      if (queue.isIdle && nowMs - usedMs > KEPT_MS) this.separate.delete(key);
  }

  /** All queues, those with callers of the highest class first. */
  private queues(): TokenQueue<C>[] {
    const queues = [this.shared, ...[...this.separate.values()].map(({ queue }) => queue)];
    return queues.sort((a, b) => classRank(a) - classRank(b));
  }
}

function classRank({ headPriority }: TokenQueue<unknown>): number {
  return headPriority === undefined ? PRIORITIES.length : PRIORITIES.indexOf(headPriority);
}

/** Callers of a higher class use slots that are due for callers of a lower one, if their lane allows it. */
function exchangeSlots<C>(queues: readonly TokenQueue<C>[], now: Now): void {
  for (const queue of queues) {
    for (const donor of [...queues].reverse()) {
      if (donor === queue || queue.takeDueOf(donor, now)) break;
    }
  }
}

function joinIf(wanted: boolean): Commit | undefined {
  return wanted ? { ask: 'join' } : undefined;
}
