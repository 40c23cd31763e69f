import { lazy } from '../../memoize.ts';
import { MS_US } from '../../ports/time-units.ts';
import type { ReservePlan } from '../commits.ts';
import type { Reservation } from '../store.ts';
import { LANES_PER_SHARD } from '../capacity.ts';
import { Admissions, type Admitted } from './admissions.ts';
import { Arrivals } from './arrivals.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { LaneWindow } from '../endpoints/allocation-view.ts';
import { assignedLanes } from '../lanes/assigned.ts';
import { slotsOf } from '../lanes/granted-slots.ts';
import type { LaneSet } from '../lanes/lane-set.ts';
import { LaneSelector, type Demand, type FleetView } from '../lanes/selector.ts';
import type { NodeState } from '../node.ts';
import { blurUs, isBlurred, LATENESS_US, ROUND_US, slotAt, slotWaitMs, type Now } from '../gcra.ts';
import {
  goesBefore,
  refusal,
  refusedTurn,
  WaitingLine,
  type Priority,
  type RefusedTurn,
  type Settled,
  type Waiter,
} from './wait-queue.ts';

/** If the next free slot is further ahead than this, a reservation can wait for more callers. */
const AHEAD_US = 500_000;
/** Minimum milliseconds that a caller waits for a response of the store, however short its own wait: one RPC timeout. */
const PATIENCE_MS = 2500;
/** Microseconds by which another slot must come sooner than the reserved one to justify a call. */
const MIN_GAIN_US = 150_000;

/** With more waiting callers a queue of an endpoint keeps to the lanes that it knows. */
const MAX_LONE_CALLERS = 2;

/** A caller, and what it waits for. */
export interface Request<C> {
  readonly caller: C;
  readonly maxWaitMs: number;
  /** Milliseconds that the caller waits for a response of the store. */
  readonly patienceMs?: number | undefined;
  readonly priority?: Priority | undefined;
  readonly endpoint?: Endpoint | undefined;
}

/** The lanes that a queue may use. */
export interface QueueLanes {
  /** The lanes to reserve slots of at `now`, within a capacity. */
  lanes(now: Now, perSecond: number): LaneSet;
  /** When a slot of a lane may be used. Undefined: never. */
  window(lane: number): LaneWindow | undefined;
  /** Lanes before this one exist without a count of the nodes. */
  readonly floorLanes: number;
}

/**
 * The callers of one instance that share lanes, as a state machine without a clock, a store or promises. Callers and
 * responses of the store are inputs. `step` returns the granted and the rejected callers and the next commit. First come,
 * first served, by class. It fails closed: without a response of the store, only reserved slots are granted.
 */
export class TokenQueue<C> {
  private readonly line = new WaitingLine<C>();
  private readonly choice: LaneSelector;
  private readonly arrivals = new Arrivals();
  private readonly admissions = new Admissions();

  constructor(
    private readonly node: NodeState,
    private readonly source: QueueLanes,
  ) {
    this.choice = new LaneSelector(node.records);
  }

  /** Number of waiting callers. */
  get length(): number {
    return this.line.length;
  }

  /** True if nothing would be lost with the queue. */
  get isIdle(): boolean {
    return this.line.length === 0 && this.admissions.size === 0;
  }

  /** The class of the first caller; undefined if no caller waits. */
  get headPriority(): Priority | undefined {
    return this.line.headPriority;
  }

  /**
   * Moves a due slot from `other` to this queue, if a caller waits here without a due slot and `other` has no caller, or
   * only callers of a lower priority. So a payment goes before the reads of other endpoints.
   */
  takeDueOf(other: TokenQueue<C>, now: Now): boolean {
    const { headPriority } = this;
    if (headPriority === undefined || this.line.hasDue(now)) return false;
    if (other.headPriority !== undefined && !goesBefore(headPriority, other.headPriority)) return false;
    const slot = other.line.takeDue(now, (lane) => this.source.window(lane) !== undefined);
    if (slot !== undefined) this.line.put([slot]);
    return slot !== undefined;
  }

  /** Removes all waiting callers, for another queue. */
  takeWaiting(): Waiter<C>[] {
    return this.line.takeWaiters();
  }

  /** Takes a caller of another queue. Its wait goes on. */
  receive(waiter: Waiter<C>): void {
    this.arrivals.add(waiter.sinceMs);
    this.line.join(waiter);
  }

  /** Adds a caller. It is rejected at once if its wait is known to be too long. */
  join(
    nowMs: number,
    { caller, maxWaitMs, patienceMs, priority = 'interactive', endpoint }: Request<C>,
  ): Settled<C> | undefined {
    const expectedMs = this.expectedWaitMs(nowMs, priority);
    if (expectedMs > maxWaitMs) return refusal(caller, expectedMs, this.node.pace(nowMs));
    const patientMs = Math.max(maxWaitMs, Math.min(PATIENCE_MS, patienceMs ?? PATIENCE_MS));
    const giveUpMs = nowMs + patientMs + LATENESS_US / MS_US;
    this.arrivals.add(nowMs);
    if (priority === 'interactive') this.node.paymentMs = nowMs;
    this.line.join({ caller, endpoint, priority, sinceMs: nowMs, untilMs: nowMs + maxWaitMs, giveUpMs });
    return undefined;
  }

  /**
   * Counts a caller that joins the queue later, so that callers in between see it. Returns the rejection if its wait would
   * be too long.
   */
  admit(nowMs: number, maxWaitMs: number, priority: Priority): Admitted | RefusedTurn {
    const place = this.line.placeOf(priority);
    const expectedMs = this.admissionWaitMs(nowMs, place + this.admissions.before(priority));
    // Slots before the admitted callers join are lost to them, unless the queue uses them.
    const lostMs = Math.max(0, this.admissions.leadMs(nowMs) - this.admissionWaitMs(nowMs, place));
    if (expectedMs > 0 && expectedMs + lostMs > maxWaitMs) return refusedTurn(expectedMs, this.node.pace(nowMs));
    const admitted = { priority, sinceMs: nowMs };
    this.admissions.add(admitted);
    return admitted;
  }

  /** The caller of an admission joins the queue now, or never. */
  leaveAdmission(admitted: Admitted, nowMs: number): void {
    this.admissions.remove(admitted, nowMs);
  }

  /** A lower bound of the wait of a new caller of this class, in milliseconds, if none of a higher class comes. */
  expectedWaitMs(nowMs: number, priority: Priority = 'bulk'): number {
    const byPlaceMs = this.waitAtMs(nowMs, this.line.placeOf(priority)) ?? 0;
    return Math.min(byPlaceMs, this.line.promotionMs(nowMs, priority));
  }

  /** Undefined before the store's time is known. */
  private waitAtMs(nowMs: number, place: number): number | undefined {
    const now = this.node.now(nowMs);
    return now === undefined ? undefined : this.waitsMs(now, this.fleet(now))(place);
  }

  /** Before the store's time is known: the lanes of the floor, all of them free. */
  private admissionWaitMs(nowMs: number, place: number): number {
    return this.waitAtMs(nowMs, place) ?? (Math.floor(place / this.source.floorLanes) * ROUND_US) / MS_US;
  }

  /** The callers that are granted or rejected now. */
  settle(nowMs: number): Settled<C>[] {
    const now = this.node.now(nowMs);
    const settled = this.giveUp(nowMs);
    if (now !== undefined) {
      this.line.promote(nowMs);
      settled.push(...this.line.release(nowMs, now, this.node.pace(nowMs), (lane) => this.source.window(lane)));
      // Callers that the reserved slots cannot serve in time are rejected at once.
      const soon = this.improvable(nowMs, now);
      const waitMs = lazy(() => this.waitsMs(now, this.fleet(now)));
      settled.push(
        ...this.line.refuse(nowMs, this.node.pace(nowMs), (place) =>
          place < soon || this.line.slotAt(place) === undefined ? 0 : waitMs()(place),
        ),
      );
    }
    return settled;
  }

  /** Applies the store's response to the queue's part of a commit: it adds the granted slots and the state of the lanes. */
  reserved({ requests, view, lastUseUs }: ReservePlan, notBeforeUs: number, answer: Reservation): void {
    this.choice.learn(requests, answer, notBeforeUs, view);
    this.line.put(
      requests.flatMap((request, index) =>
        slotsOf(request, answer.grants[index], { view, lastUseUs }, this.source.floorLanes),
      ),
    );
  }

  /** A commit had no response. Callers without a slot who cannot wait for the next one are rejected, or all if none helps. */
  uncommitted(cause: unknown, canHelp: boolean): Settled<C>[] {
    const withoutTime = this.line.takeOut(
      ({ untilMs }, place) => !canHelp || (this.line.slotAt(place) === undefined && untilMs < this.node.commitAgainMs),
    );
    return withoutTime.map((caller) => ({ caller, unanswered: cause }));
  }

  /** Rejects every caller and drops the reserved slots. */
  dismiss(): C[] {
    this.line.drop();
    return this.line.takeOut(() => true);
  }

  private fleet(now: Now): FleetView {
    const members = this.node.members(now);
    const { perSecond, nodes } = this.node.capacity(now);
    const lanes = this.source.lanes(now, perSecond);
    // Without a count the rank is random; on the only shard each node begins with a lane of its own.
    const live = members?.live ?? (this.node.alone ? 2 * lanes.size : nodes);
    return {
      all: this.node.lanes(perSecond),
      lanes,
      live,
      rank: members?.rank ?? Math.floor(this.node.place * live),
      blurUs: blurUs(now.mostUs - now.leastUs),
      stretch: this.node.stretch(now),
    };
  }

  /** A lower bound of the wait at a position: by the reserved slots, then by what is known of the shards. */
  private waitsMs(now: Now, view: FleetView): (place: number) => number {
    // Before the lanes are known, nothing is known of the wait.
    if (view.lanes.size === 0) return () => 0;
    const soonestUs = lazy(() => this.choice.soonestUs(now.leastUs, view));
    const furtherMs = (further: number): number => Math.max(0, soonestUs()(further) - now.leastUs) / MS_US;
    return (place) => {
      const slot = this.line.slotAt(place);
      if (slot === undefined) return furtherMs(place - (this.line.length - this.line.uncovered) + 1);
      return this.slotOrSoonerMs(slotWaitMs(slot, now), furtherMs);
    };
  }

  /** A later reservation may find sooner slots than a reserved one: the last of six may be in a lane that others use. */
  private slotOrSoonerMs(waitMs: number, furtherMs: (further: number) => number): number {
    return this.line.uncovered > 0 && waitMs > AHEAD_US / MS_US ? Math.min(waitMs, furtherMs(1)) : waitMs;
  }

  /** True if the store's time is too uncertain: for the next slot, or to reserve one. */
  needsTime(nowMs: number, now: Now): boolean {
    const slot = this.line.length > 0 ? this.line.slotAt(0) : undefined;
    const next = slot !== undefined && slot.fromUs - now.leastUs <= AHEAD_US ? slot : undefined;
    if (next === undefined) return this.wantsMore(nowMs, now) && isBlurred(slotAt(0, 0), now);
    return isBlurred(next, now);
  }

  /**
   * Plans the reservation that the queue makes now; undefined if it needs none. `taken`: lanes from which other queues
   * reserve in the same commit. Callers whose slot would come after their maximum wait are rejected and added to `settled`.
   */
  plan(
    nowMs: number,
    now: Now,
    notBeforeUs: number,
    taken: ReadonlySet<number>,
    settled: Settled<C>[],
  ): ReservePlan | undefined {
    const improvable = this.improvable(nowMs, now);
    // Where another queue reserves anyway, this one does it early.
    const wantsMore = this.wantsMore(nowMs, now, taken.size > 0 ? 2 * AHEAD_US : 0);
    const wanted = Math.max(wantsMore ? this.line.uncovered : 0, improvable);
    if (wanted === 0 || this.node.isCounting(now)) return undefined;
    const view = this.fleet(now);
    if (view.lanes.size === 0) return undefined;
    // Before slots are reserved for callers that cannot wait for them.
    settled.push(...this.line.refuse(nowMs, this.node.pace(nowMs), this.waitsMs(now, view)));
    const left = Math.min(wanted, Math.max(this.line.uncovered, Math.min(improvable, this.line.length)));
    if (left <= 0) return undefined;
    // A caller with a slot needs a sooner one.
    const latestUs = wantsMore ? Infinity : (this.line.assignedUs.at(-1) ?? Infinity) - MIN_GAIN_US;
    const demand = { ...this.demand(left, nowMs, view, now.leastUs), latestUs };
    const requests = this.node.checking
      ? [{ lane: 0, count: 0, spacingUs: 0 }]
      : this.choice.plan(demand, notBeforeUs, view, taken);
    return requests.length === 0 ? undefined : { requests, view, lastUseUs: this.node.lastUseUs(now) };
  }

  private demand(wanted: number, nowMs: number, view: FleetView, nowUs: number): Demand {
    const lanes = assignedLanes({ ...view, nowUs }).lanes.length;
    return {
      wanted,
      latestUs: Infinity,
      keepsReserve: this.node.takesPayments(nowMs),
      ahead: this.arrivals.expected(nowMs, lanes, this.line.length, this.line.length - this.line.uncovered),
      patient: this.line.patient,
      lone: this.isLone,
      rare: this.arrivals.areRare(nowMs, lanes),
    };
  }

  /** True if callers need slots, and the next free one is near enough, `early` microseconds before it has to be. */
  private wantsMore(nowMs: number, now: Now, earlyUs = 0): boolean {
    return this.line.uncovered > 0 && nowMs + earlyUs / MS_US >= this.nearMs(nowMs, now);
  }

  /** When the next free slot is near enough to reserve it. */
  private nearMs(nowMs: number, now: Now): number {
    const view = this.fleet(now);
    // An endpoint has few lanes of each node: even a lone caller looks for those of others.
    const searches = this.choice.searches(this.isLone, now.leastUs, view);
    const soonestUs = this.choice.soonestUs(now.leastUs, view, this.line.uncovered > 1, searches);
    return nowMs + (soonestUs(1) - AHEAD_US - now.leastUs) / MS_US;
  }

  /** Number of callers that other free lanes could serve sooner than their slots: two nodes took the same lane. */
  private improvable(nowMs: number, now: Now): number {
    const fromUs = now.leastUs + this.node.time.leadUs();
    const slots = this.line.assignedUs.slice(0, LANES_PER_SHARD);
    if ((slots.at(-1) ?? 0) <= fromUs + MIN_GAIN_US) return 0;
    const view = this.fleet(now);
    const byChance = this.isByChance(nowMs, view, now.leastUs);
    return this.choice.improvable(slots, fromUs, MIN_GAIN_US, byChance, this.isLone, view);
  }

  /** True if hardly any callers wait. */
  private get isLone(): boolean {
    return this.line.length <= MAX_LONE_CALLERS;
  }

  private isByChance(nowMs: number, view: FleetView, nowUs: number): boolean {
    return this.demand(0, nowMs, view, nowUs).ahead === undefined;
  }

  /** The deadline that applies even if the store never responds. */
  private giveUp(nowMs: number): Settled<C>[] {
    const { isUncertain, trouble } = this.node;
    return this.line
      .takeOut(({ giveUpMs }) => giveUpMs <= nowMs)
      .map((caller) =>
        isUncertain
          ? { caller, unanswered: trouble }
          : refusal(caller, this.expectedWaitMs(nowMs), this.node.pace(nowMs)),
      );
  }

  /** When the next reserved slot may be released, to a caller of this queue or of another. */
  nextSlotMs(nowMs: number, now: Now | undefined): number | undefined {
    if (now === undefined) return undefined;
    const nextUs = this.line.nextUs(now);
    return nextUs === undefined ? undefined : nowMs + (nextUs - now.leastUs + 1) / MS_US;
  }

  /** When to step again if nothing happens before. */
  wakeMs(nowMs: number, now: Now | undefined): number | undefined {
    const { giveUpMs } = this.line;
    const nextSlot = this.line.slotAt(0);
    if (giveUpMs === undefined) return undefined;
    const times = [giveUpMs];
    if (now !== undefined && nextSlot !== undefined) {
      const slotMs = nowMs + (nextSlot.fromUs - now.leastUs + 1) / MS_US;
      times.push(slotMs, slotMs - AHEAD_US / MS_US);
    }
    if (!this.node.isCommitting && this.line.uncovered > 0) {
      times.push(this.node.commitAgainMs);
      if (now !== undefined) times.push(this.nearMs(nowMs, now));
    }
    const next = Math.min(...times.filter((time) => time > nowMs));
    return Number.isFinite(next) ? next : undefined;
  }
}
