import { lazy } from '../../memoize.ts';
import type { CountMark } from '../store.ts';
import { capacity, laneCount, shardCount, type Limits } from '../capacity.ts';
import { Membership } from '../membership.ts';
import { stretch } from '../throttle.ts';
import { Admissions } from '../admissions.ts';
import { Arrivals } from '../arrivals.ts';
import { assignedLanes, SLOW_ROTATION_US } from '../lanes/assigned.ts';
import { LaneSelector, type Demand, type FleetView } from '../lanes/selector.ts';
import { StoreTime } from '../server-clock.ts';
import { blurUs, ROUND_US, slotWaitMs, type Now } from '../gcra.ts';
import { WaitingLine, type Priority, type Wait, type Waiter } from '../wait-queue.ts';
import { EndpointBook } from './book.ts';
import { coverage, estimates, type Coverage, type CountedCaller } from './coverage.ts';
import type { Endpoint } from './endpoint.ts';
import { pairedPlan, type PairedPlan, type Planned } from './paired-plan.ts';
import { MS_US } from '../../ports/time-units.ts';

/** If the next free slot is further ahead than this, a reservation can wait for more callers. */
export const AHEAD_US = 500_000;
/** Callers of one counted endpoint that one reservation is for. */
const MAX_PAIRS = 12;

/** What the queue of one instance knows, and the waits and demands that follow from it. */
export class QueueView<C> {
  protected readonly line = new WaitingLine<C>();
  protected readonly time = new StoreTime();
  protected readonly membership = new Membership();
  protected readonly choice = new LaneSelector();
  protected readonly book: EndpointBook;
  protected readonly floorLanes: number;
  /** With a single shard the number of other nodes does not matter. */
  protected readonly alone: boolean;
  protected readonly arrivals = new Arrivals();
  protected readonly admissions = new Admissions();
  protected calmUs = 0;

  constructor(
    protected readonly limits: Limits,
    protected readonly place: number,
  ) {
    this.floorLanes = laneCount(capacity(0, limits).perSecond);
    const most = capacity(limits.maxNodes, limits).perSecond;
    this.alone = shardCount(most) === 1;
    this.book = new EndpointBook(limits, most);
  }

  /** 1, or 1/2, 1/4, 1/8 while Stripe slows the connection. */
  pace(nowMs: number): number {
    const now = this.now(nowMs);
    return now === undefined ? 1 : 1 / stretch(this.calmUs, now.leastUs);
  }

  protected now(nowMs: number): Now | undefined {
    return this.time.now(nowMs * MS_US);
  }

  protected fleet(nowMs: number, now: Now): FleetView {
    const members = this.membership.view(now.leastUs);
    const { perSecond: whole, nodes } = capacity(members?.live ?? 0, this.limits);
    const perSecond = this.book.usable(nowMs, now.leastUs, whole);
    // Without a count the rank is random; on the only shard each node begins with a lane of its own.
    const live = members?.live ?? (this.alone ? 2 * laneCount(perSecond) : nodes);
    return {
      perSecond,
      live,
      rank: members?.rank ?? Math.floor(this.place * live),
      blurUs: blurUs(now.mostUs - now.leastUs),
      stretch: stretch(this.calmUs, now.leastUs),
      turnUs: perSecond > this.book.lowestOfAll ? SLOW_ROTATION_US : undefined,
    };
  }

  /** A lower bound of the wait at a position: by the reserved slots, then by what is known of the shards. */
  protected waitsMs(now: Now, view: FleetView): (place: number) => number {
    const soonestUs = lazy(() => this.choice.soonestUs(now.leastUs, view));
    const furtherMs = (further: number): number => Math.max(0, soonestUs()(further) - now.leastUs) / MS_US;
    return (place) => {
      const slot = this.line.slotAt(place);
      if (slot === undefined) return furtherMs(place - (this.line.length - this.line.uncovered) + 1);
      return this.slotOrSoonerMs(slotWaitMs(slot, now), furtherMs);
    };
  }

  /** A later reservation may find sooner slots than a reserved one: the last of six may be in a lane that others use. */
  protected slotOrSoonerMs(waitMs: number, furtherMs: (further: number) => number): number {
    return this.line.uncovered > 0 && waitMs > AHEAD_US / MS_US ? Math.min(waitMs, furtherMs(1)) : waitMs;
  }

  /** A lower bound of the wait of a new caller of this class, in milliseconds, if none of a higher class comes. */
  protected expectedWait(nowMs: number, priority: Priority, endpoint?: Endpoint): Wait {
    const wait = this.waitBehind(nowMs, priority, endpoint, []) ?? { ms: 0, heldBack: false };
    return wait.heldBack ? wait : { ...wait, ms: Math.min(wait.ms, this.line.promotionMs(nowMs, priority)) };
  }

  /** The wait of a new caller behind those of its class and `others`. Undefined before the store's time is known. */
  protected waitBehind(
    nowMs: number,
    priority: Priority,
    endpoint: Endpoint | undefined,
    others: readonly CountedCaller[],
  ): Wait | undefined {
    const now = this.now(nowMs);
    if (now === undefined) return undefined;
    const view = this.fleet(nowMs, now);
    const place = this.line.placeOf(priority);
    if (!this.isCounting(nowMs, now)) return { ms: this.waitsMs(now, view)(place + others.length), heldBack: false };
    const callers = [...this.line.callers.slice(0, place), ...others, { endpoint }];
    return this.estimates(callers, nowMs, now, view).at(-1);
  }

  /** Before the store's time is known: the lanes of the floor, all of them free. */
  protected admissionWait(
    nowMs: number,
    priority: Priority,
    endpoint: Endpoint | undefined,
    others: readonly CountedCaller[],
  ): Wait {
    const place = this.line.placeOf(priority) + others.length;
    const known = this.waitBehind(nowMs, priority, endpoint, others);
    return known ?? { ms: (Math.floor(place / this.floorLanes) * ROUND_US) / MS_US, heldBack: false };
  }

  /** Whether callers of the line may need a part of their endpoints' ceilings too. */
  protected isCounting(nowMs: number, now: Now): boolean {
    const lowest = this.book.lowest(nowMs);
    return (
      lowest < Infinity &&
      (this.book.counting.isOn(now.leastUs) ||
        this.capacityAt(now) > lowest ||
        this.line.reserved.some(({ uncounted }) => !uncounted))
    );
  }

  protected capacityAt(now: Now): number {
    return capacity(this.membership.view(now.leastUs)?.live ?? 0, this.limits).perSecond;
  }

  protected estimates(callers: readonly CountedCaller[], nowMs: number, now: Now, view: FleetView): Wait[] {
    const accountUs = this.choice.soonestUs(now.leastUs, view);
    return estimates(callers, this.line.reserved, accountUs, this.book, nowMs, now, view);
  }

  /** The waits of the callers by their places. */
  protected waits(nowMs: number, now: Now, view: FleetView): (place: number) => Wait {
    if (this.isCounting(nowMs, now)) {
      const all = lazy(() => this.estimates(this.line.callers, nowMs, now, view));
      return (place) => all()[place] ?? { ms: 0, heldBack: false };
    }
    const waitMs = this.waitsMs(now, view);
    return (place) => ({ ms: waitMs(place), heldBack: false });
  }

  protected coverage(nowMs: number, now: Now): Coverage<Waiter<C>> {
    const view = this.fleet(nowMs, now);
    this.book.count(this.line.callers);
    const freeLanes = (endpoint: Endpoint): number =>
      this.book.isByChance(endpoint, nowMs, now.leastUs, view)
        ? this.book.lanes(endpoint, nowMs).freeCount(now.leastUs, view)
        : 0;
    return coverage(this.line.callers, this.line.reserved, this.book, nowMs, now, MAX_PAIRS, freeLanes);
  }

  /** Number of callers that the slots in hand do not serve. */
  protected uncoveredCount(nowMs: number, now: Now): number {
    return this.isCounting(nowMs, now) ? this.coverage(nowMs, now).uncovered.length : this.line.uncovered;
  }

  /** Requests for slots of the account, and for the same times of the callers' endpoints. */
  protected pairs(nowMs: number, now: Now, notBeforeUs: number, view: FleetView): PairedPlan {
    const account = (wanted: number): Planned[] => {
      const { ahead, patient } = this.demand(wanted, nowMs, view, now.leastUs);
      const demand = { wanted, ahead: ahead === undefined ? undefined : 0, patient, rare: false };
      return this.choice.plan(demand, notBeforeUs, view).map((request) => ({
        request,
        firstUs: Math.max(notBeforeUs + (request.delayUs ?? 0), this.choice.nextUs(request.lane)),
      }));
    };
    return pairedPlan(this.coverage(nowMs, now), this.book, { nowMs, fromUs: notBeforeUs, view }, account);
  }

  protected mark(nowMs: number, now: Now, { rank }: FleetView): CountMark | undefined {
    const perSecond = this.capacityAt(now);
    const untilUs = this.book.counting.markDue(now.leastUs, rank, perSecond > this.book.lowest(nowMs));
    return untilUs === undefined ? undefined : { shards: this.book.shardsToMark(perSecond), untilUs };
  }

  /** Whether calls come by chance: then lanes of other nodes may be free. */
  protected isByChance(nowMs: number, now: Now, view: FleetView): boolean {
    return this.demand(0, nowMs, view, now.leastUs).ahead === undefined;
  }

  protected demand(wanted: number, nowMs: number, view: FleetView, nowUs: number): Demand {
    const lanes = assignedLanes({ ...view, nowUs }).lanes.length;
    return {
      wanted,
      ahead: this.arrivals.expected(nowMs, lanes, this.line.length, this.line.length - this.line.uncovered),
      patient: this.line.patient,
      rare: this.arrivals.areRare(nowMs, lanes),
    };
  }
}
