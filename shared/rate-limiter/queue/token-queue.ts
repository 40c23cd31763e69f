import { lazy } from '../../memoize.ts';
import { MS_US } from '../../ports/time-units.ts';
import type { ReservePlan } from '../commits.ts';
import { LATENESS_US, type Now } from '../gcra.ts';
import { isPart } from '../lanes/fleet-view.ts';
import { LaneLeases, type LaneSlot } from '../lanes/leases.ts';
import type { QueueLanes } from '../lanes/queue-lanes.ts';
import type { NodeState } from '../node.ts';
import { LaneSelector } from '../selection/selector.ts';
import type { Reservation } from '../store.ts';
import { Admissions, type Admitted } from './admissions.ts';
import { Arrivals } from './arrivals.ts';
import type { Priority } from './priority.ts';
import type { Request } from './request.ts';
import { AHEAD_US, QueueReservations } from './reservations.ts';
import { queueView } from './queue-view.ts';
import { refusal, refusedTurn, type RefusedTurn, type Settled } from './turn.ts';
import { usablePart, WaitingLine, type Waiter } from './waiting-line.ts';
import { QueueWaits } from './waits.ts';

/** If a lower class had no slot for longer, the other queues of the node reserve less far ahead. Milliseconds. */
const STARVING_MS = 3_000;

/**
 * Minimum milliseconds that a caller waits while the store does not respond, even if its `maxWaitMs` is shorter. It is
 * the timeout of one call to the store. A caller can set a shorter `patienceMs`.
 */
export const PATIENCE_MS = 2500;

/**
 * The callers of one instance that share lanes, as a state machine without a clock, a store or promises. Callers and
 * responses of the store are inputs. `settle` returns the granted and the rejected callers, `plan` the next reservation.
 * First come, first served, by class. Without a response of the store, only reserved slots are granted.
 */
export class TokenQueue<C> {
  private readonly line = new WaitingLine<C>();
  private readonly arrivals = new Arrivals();
  private readonly admissions = new Admissions();
  private readonly leases = new LaneLeases();
  private readonly selector: LaneSelector;
  private readonly reservations: QueueReservations<C>;
  private readonly waits: QueueWaits<C>;

  constructor(
    private readonly node: NodeState,
    private readonly source: QueueLanes,
    /** All queues of the instance, also this one. A caller of a higher class may take slots from the other queues. */
    private readonly others: () => readonly TokenQueue<C>[] = () => [],
  ) {
    this.selector = new LaneSelector(node.records, this.leases);
    this.reservations = new QueueReservations(node, source, this.line, this.arrivals, this.selector, (nowMs) =>
      this.others().some(
        (other) => other !== this && other.unservedMs.some((sinceMs) => nowMs - sinceMs > STARVING_MS),
      ),
    );
    this.waits = new QueueWaits(node, source, this.line, this.selector.estimates, (now, rank) =>
      this.borrowable(now, rank).map(({ slot }) => slot),
    );
  }

  /** Number of waiting callers. */
  get length(): number {
    return this.line.length;
  }

  /** True if no caller waits in the queue or is admitted to it. */
  get isIdle(): boolean {
    return this.line.length === 0 && this.admissions.size === 0;
  }

  /** The rank of the first caller: -1 if it precedes all classes, else that of its class. Infinity if no caller waits. */
  get headRank(): number {
    return this.line.headRank;
  }

  /**
   * Takes slots that are due before `untilUs` from queues whose first caller is of a lower class. Callers of this queue
   * get them if they have the rank of the queue's first caller and no slot before `untilUs`. So a payment precedes the
   * reads of other endpoints.
   */
  borrow(now: Now, untilUs: number): void {
    let missing = this.line.unservedUntil(untilUs);
    if (missing <= 0) return;
    for (const { slot, lender } of this.borrowable(now, this.headRank)) {
      if (missing <= 0 || slot.fromUs >= untilUs) return;
      const taken = lender.line.remove(slot);
      if (taken === undefined) continue;
      missing -= 1;
      this.line.put([taken]);
    }
  }

  /**
   * Moves the slots of leases to the earliest times from now on that the leases allow (`lanes/leases.ts`). In the queue
   * of an endpoint, which leases no lanes, the slots stay. Drops slots that Stripe's Retry-After does not allow.
   */
  moveForward(nowMs: number): void {
    const now = this.node.now(nowMs);
    if (now === undefined) return;
    const { notBeforeUs } = this.node;
    if (isPart(queueView(this.node, this.source, now))) this.line.dropBefore(notBeforeUs);
    else this.line.moveForward(now, notBeforeUs);
  }

  /** The slots that a caller of this rank may take from other queues, in order. */
  private borrowable(now: Now, rank: number): { readonly slot: LaneSlot; readonly lender: TokenQueue<C> }[] {
    return this.others()
      .filter((lender) => lender !== this)
      .flatMap((lender) => lender.line.openSlots(now, rank, this.line.headSinceMs).map((slot) => ({ slot, lender })))
      .filter(({ slot }) => usablePart(slot, this.source.window(slot.lane)) !== undefined)
      .sort((a, b) => a.slot.fromUs - b.slot.fromUs);
  }

  /** Since when each lower class with callers has no slot. */
  get unservedMs(): number[] {
    return this.line.unservedMs;
  }

  /** Moves the first caller of each lower class that had no slot since `sinceMs` to the front of all callers. */
  promote(nowMs: number, sinceMs: number): void {
    this.line.promote(nowMs, sinceMs);
  }

  /** Removes and returns all waiting callers, so that other queues can receive them. */
  takeWaiting(): Waiter<C>[] {
    return this.line.takeWaiters();
  }

  /** Adds a caller of another queue. Its wait still counts from its first join. */
  receive(waiter: Waiter<C>): void {
    this.arrivals.add(waiter.sinceMs);
    this.line.join(waiter);
  }

  /** Adds a caller. Returns its rejection if its wait is known to be too long. */
  join(
    nowMs: number,
    { caller, maxWaitMs, patienceMs, priority = 'interactive', endpoint }: Request<C>,
  ): Settled<C> | undefined {
    this.moveForward(nowMs);
    const expectedMs = this.waits.expectedMs(nowMs, priority);
    if (expectedMs > maxWaitMs) return refusal(caller, this.waits.toldMs(nowMs, priority), this.node.pace(nowMs));
    const patientMs = Math.max(maxWaitMs, Math.min(PATIENCE_MS, patienceMs ?? PATIENCE_MS));
    const giveUpMs = nowMs + patientMs + LATENESS_US / MS_US;
    this.arrivals.add(nowMs);
    if (priority === 'interactive') this.node.notePayment(this.source, nowMs);
    this.line.join({ caller, endpoint, priority, sinceMs: nowMs, untilMs: nowMs + maxWaitMs, giveUpMs });
    return undefined;
  }

  /**
   * Counts a caller that will join the queue later. Later admissions include it in their expected waits. Returns the
   * rejection if the caller's wait would be too long.
   */
  admit(nowMs: number, maxWaitMs: number, priority: Priority): Admitted | RefusedTurn {
    this.moveForward(nowMs);
    const position = this.line.positionOf(priority);
    const expectedMs = this.waits.admissionMs(nowMs, position + this.admissions.before(priority), priority);
    // Slots that are due before the admitted callers join are of no use to these callers.
    const lostMs = Math.max(0, this.admissions.leadMs(nowMs) - this.waits.admissionMs(nowMs, position, priority));
    if (expectedMs > 0 && expectedMs + lostMs > maxWaitMs)
      return refusedTurn(
        this.waits.toldMs(nowMs, priority, position + this.admissions.before(priority)),
        this.node.pace(nowMs),
      );
    const admitted = { priority, sinceMs: nowMs };
    this.admissions.add(admitted);
    return admitted;
  }

  /** Ends an admission: its caller joins the queue now, or will not join. */
  leaveAdmission(admitted: Admitted, nowMs: number): void {
    this.admissions.remove(admitted, nowMs);
  }

  /** Removes the callers that are granted or rejected now, and returns them. */
  settle(nowMs: number): Settled<C>[] {
    const now = this.node.now(nowMs);
    const settled = this.giveUp(nowMs);
    if (now === undefined) return settled;
    this.line.promote(nowMs);
    settled.push(...this.line.release(nowMs, now, this.node.pace(nowMs), (lane) => this.source.window(lane)));
    // Callers that the reserved slots cannot serve in time are rejected at once. The first ones may still get a sooner slot.
    const improvableCount = this.reservations.improvable(nowMs, now);
    const waitMs = lazy(() => this.waits.byPosition(now));
    const refused = this.line.refuse(nowMs, this.node.pace(nowMs), (position) =>
      position < improvableCount || this.line.slotAt(position) === undefined ? 0 : waitMs()(position),
    );
    return [...settled, ...refused];
  }

  /**
   * Handles the store's response to the requests that this queue contributed to a commit. Updates the known state of the
   * lanes, and assigns the granted slots to waiting callers.
   */
  reserved({ requests, view, lastUseUs, leaseEndUs }: ReservePlan, notBeforeUs: number, answer: Reservation): void {
    this.selector.learn(requests, answer, notBeforeUs, view);
    this.line.put(
      requests.flatMap((request, index) =>
        this.leases.slotsOf(request, answer.grants[index], { view, lastUseUs, leaseEndUs }, this.source.floorLanes),
      ),
    );
  }

  /**
   * Handles a commit without a response. Rejects the callers without a slot who cannot wait for the next commit. If a
   * further commit cannot help, rejects all callers.
   */
  uncommitted(cause: unknown, canHelp: boolean): Settled<C>[] {
    const withoutTime = this.line.takeOut(
      ({ untilMs }, position) =>
        !canHelp || (this.line.slotAt(position) === undefined && untilMs < this.node.commitAgainMs),
    );
    return withoutTime.map((caller) => ({ caller, unanswered: cause }));
  }

  /** Removes and returns every caller. Drops the reserved slots. */
  dismiss(): C[] {
    this.line.drop();
    this.leases.clear();
    return this.line.takeOut(() => true);
  }

  /** True if the store's time is too uncertain to release the next slot, or to reserve slots. */
  needsTime(nowMs: number, now: Now): boolean {
    return this.reservations.needsTime(nowMs, now);
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
    return this.reservations.plan(nowMs, now, notBeforeUs, taken, () =>
      settled.push(...this.line.refuse(nowMs, this.node.pace(nowMs), this.waits.byPosition(now))),
    );
  }

  /** Rejects the callers whose final deadline has passed. The deadline applies even if the store never responds. */
  private giveUp(nowMs: number): Settled<C>[] {
    const { trouble } = this.node;
    const isUncertain = this.node.isUncertain(nowMs);
    return this.line
      .takeOut(({ giveUpMs }) => giveUpMs <= nowMs)
      .map((caller) =>
        isUncertain
          ? { caller, unanswered: trouble }
          : refusal(caller, this.waits.expectedMs(nowMs, 'bulk'), this.node.pace(nowMs)),
      );
  }

  /** When the next reserved slot may be released. A caller of another queue may take it before. */
  nextSlotMs(nowMs: number, now: Now | undefined): number | undefined {
    if (now === undefined) return undefined;
    const nextUs = this.line.nextUs(now);
    return nextUs === undefined ? undefined : nowMs + (nextUs - now.earliestUs + 1) / MS_US;
  }

  /** When to step again if nothing happens before. */
  wakeMs(nowMs: number, now: Now | undefined): number | undefined {
    const { giveUpMs } = this.line;
    const nextSlot = this.line.slotAt(0);
    if (giveUpMs === undefined) return undefined;
    const times = [giveUpMs];
    // A slot that is due and was not released waits for an answer of the store, which causes a step.
    if (now !== undefined && nextSlot !== undefined && nextSlot.fromUs > now.earliestUs) {
      const slotMs = nowMs + (nextSlot.fromUs - now.earliestUs + 1) / MS_US;
      times.push(slotMs, slotMs - AHEAD_US / MS_US);
    }
    if (!this.node.isCommitting && this.line.uncovered > 0) {
      times.push(this.node.commitAgainMs);
      if (now !== undefined) times.push(this.reservations.nearMs(nowMs, now));
    }
    const next = Math.min(...times.filter((time) => time > nowMs));
    return Number.isFinite(next) ? next : undefined;
  }
}
