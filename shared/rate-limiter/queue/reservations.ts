import { MS_US } from '../../ports/time-units.ts';
import { LANES_PER_SHARD } from '../capacity.ts';
import type { ReservePlan } from '../commits.ts';
import { isBlurred, LATENESS_US, slotAt, type Now } from '../gcra.ts';
import { assignedLanes } from '../lanes/assigned.ts';
import { isPart, type FleetView } from '../lanes/fleet-view.ts';
import type { QueueLanes } from '../lanes/queue-lanes.ts';
import type { NodeState } from '../node.ts';
import type { Demand } from '../selection/demand.ts';
import { MAX_LEASE_US } from '../selection/lease-lanes.ts';
import type { LaneSelector } from '../selection/selector.ts';
import { MAX_LONE_CALLERS, type Arrivals } from './arrivals.ts';
import { lanesToLease } from './lease-size.ts';
import { queueView } from './queue-view.ts';
import type { WaitingLine } from './waiting-line.ts';

/** If the next free slot is further ahead than this, a reservation can wait for more callers. Microseconds. */
export const AHEAD_US = 500_000;

/**
 * Another slot must be sooner than the reserved one by this much to justify a call to the store. Microseconds. The
 * queue of an endpoint needs a larger gain, because a payment to another endpoint may need the sooner slot.
 */
const MIN_GAIN_US = 50_000;
const MIN_ENDPOINT_GAIN_US = 150_000;

/** Maximum ratio of callers to slots at which calls count as rare. */
const RARE = 0.2;

/** If other nodes use a larger part of the node's lanes, the queue leases none: those nodes need the free lanes. */
const MAX_SHARED = 1 / 6;

/** Decides when a queue reserves slots, and how many. */
export class QueueReservations<C> {
  constructor(
    private readonly node: NodeState,
    private readonly source: QueueLanes,
    private readonly line: WaitingLine<C>,
    private readonly arrivals: Arrivals,
    private readonly selector: LaneSelector,
    /** True if a lower class of another queue had no slot for some seconds. */
    private readonly othersStarve: (nowMs: number) => boolean,
  ) {}

  /**
   * Plans the reservation that the queue makes now; undefined if it needs none. `taken`: lanes from which other queues
   * reserve in the same commit. `refuse` rejects the callers whose slot would come too late.
   */
  plan(
    nowMs: number,
    now: Now,
    notBeforeUs: number,
    taken: ReadonlySet<number>,
    refuse: () => void,
  ): ReservePlan | undefined {
    const improvable = this.improvable(nowMs, now);
    // If another queue reserves in this commit, this queue reserves early.
    const wantsMore = this.wantsMore(nowMs, now, taken.size > 0 ? 2 * AHEAD_US : 0);
    const wanted = Math.max(wantsMore ? this.line.uncovered : 0, improvable);
    if (wanted === 0 || this.node.isCounting(now)) return undefined;
    const view = this.view(now);
    if (view.lanes.size === 0) return undefined;
    // No slots are reserved for callers who cannot wait for them.
    refuse();
    const left = Math.min(wanted, Math.max(this.line.uncovered, Math.min(improvable, this.line.length)));
    if (left <= 0) return undefined;
    // If every caller has a slot, only sooner slots are of use.
    const latestUs = wantsMore ? Infinity : (this.line.assignedUs.at(-1) ?? Infinity) - minGainUs(view);
    const demand = { ...this.demand(left, nowMs, view, now), latestUs };
    const requests = this.node.checking
      ? [{ lane: 0, count: 0, spacingUs: 0 }]
      : this.selector.plan(demand, notBeforeUs, view, taken);
    const leaseEndUs = demand.lease > 0 ? notBeforeUs + MAX_LEASE_US + LATENESS_US : Infinity;
    return requests.length === 0 ? undefined : { requests, view, lastUseUs: this.node.lastUseUs(now), leaseEndUs };
  }

  /**
   * Returns the number of waiting callers that could have a sooner slot in another lane that seems free. One reason is
   * that two nodes reserved slots of the same lane: the slots of one of them are then late.
   */
  improvable(nowMs: number, now: Now): number {
    const fromUs = now.earliestUs + this.node.time.leadUs();
    const slots = this.line.assignedUs.slice(0, LANES_PER_SHARD);
    if ((slots.at(-1) ?? 0) <= fromUs + MIN_GAIN_US) return 0;
    const view = this.view(now);
    const expectedCallers = this.expectedCallers(nowMs, ownLanes(view, now).length);
    const lone = this.isLone(expectedCallers, view);
    const byChance = expectedCallers === undefined;
    return this.selector.estimates.improvable(slots, fromUs, minGainUs(view), byChance, lone, view);
  }

  /** When the next free slot is `AHEAD_US` away, near enough to reserve it. Milliseconds of the monotonic clock. */
  nearMs(nowMs: number, now: Now): number {
    const view = this.view(now);
    const searches = this.selector.search.applies(
      this.isLone(this.expectedCallers(nowMs, ownLanes(view, now).length), view),
      now.earliestUs,
      view,
    );
    const soonestUs = this.selector.estimates.soonestUs(now.earliestUs, view, this.line.uncovered > 1, searches);
    return nowMs + (soonestUs(1) - AHEAD_US - now.earliestUs) / MS_US;
  }

  /**
   * If the next slot is at most `AHEAD_US` away: true if the store's time is too uncertain to release it. Otherwise:
   * true if callers need slots and the time is too uncertain to reserve them. All slots of an owner without blur have
   * the same length, so the second check can use any slot.
   */
  needsTime(nowMs: number, now: Now): boolean {
    const slot = this.line.length > 0 ? this.line.slotAt(0) : undefined;
    const next = slot !== undefined && slot.fromUs - now.earliestUs <= AHEAD_US ? slot : undefined;
    if (next !== undefined) return isBlurred(next, now);
    const anySlot = slotAt(0, 0);
    return this.wantsMore(nowMs, now) && isBlurred(anySlot, now);
  }

  /**
   * True if callers lack slots and the next free slot is near enough to reserve it, now or within `earlyUs`
   * microseconds.
   */
  private wantsMore(nowMs: number, now: Now, earlyUs = 0): boolean {
    return this.line.uncovered > 0 && nowMs + earlyUs / MS_US >= this.nearMs(nowMs, now);
  }

  /** Describes the callers for whom slots are reserved. */
  private demand(wanted: number, nowMs: number, view: FleetView, now: Now): Demand {
    const own = ownLanes(view, now);
    const expectedCallers = this.expectedCallers(nowMs, own.length);
    const lease = this.leased(nowMs, own, view, now);
    return {
      wanted,
      latestUs: Infinity,
      paymentLanes: this.node.paymentLanes(nowMs, now),
      expectedCallers,
      patient: this.line.patient,
      othersStarve: this.othersStarve(nowMs),
      lone: this.isLone(expectedCallers, view),
      lease,
      rare: lease === 0 && this.arrivals.perRound(nowMs) <= RARE * own.length,
    };
  }

  /**
   * Number of lanes to lease. 0 if callers queue, if other nodes use many of the node's lanes, and while the nodes are not
   * counted: other new nodes may then use the same lanes. The queue of an endpoint leases none, because a node has few of
   * its lanes.
   */
  private leased(nowMs: number, own: readonly number[], view: FleetView, now: Now): number {
    if (this.line.length > MAX_LONE_CALLERS || isPart(view) || this.node.members(now) === undefined) return 0;
    const shared = own.filter((lane) => this.node.records.isShared(lane) === true).length;
    if (shared > MAX_SHARED * own.length) return 0;
    return lanesToLease(this.arrivals.perRound(nowMs), own.length, view.lanes.size - own.length);
  }

  /**
   * Number of further callers to expect. If arrivals are not steady: 0 if more than `MAX_LONE_CALLERS` wait, else
   * undefined.
   */
  private expectedCallers(nowMs: number, lanes: number): number | undefined {
    return this.arrivals.expected(nowMs, lanes, this.line.length, this.line.length - this.line.uncovered);
  }

  /**
   * True if at most `MAX_LONE_CALLERS` wait, and they come at random or call an endpoint with lanes of its own. The queue
   * then looks for lanes of other nodes.
   */
  private isLone(expectedCallers: number | undefined, view: FleetView): boolean {
    // If single callers come steadily, they use all lanes of the node. The lanes of other nodes are then likely in use
    // too.
    return this.line.length <= MAX_LONE_CALLERS && (isPart(view) || expectedCallers === undefined);
  }

  private view(now: Now): FleetView {
    return queueView(this.node, this.source, now);
  }
}

/** Returns the lanes that are assigned to the node now. */
function ownLanes(view: FleetView, now: Now): readonly number[] {
  return assignedLanes({ ...view, nowUs: now.earliestUs }).lanes;
}

/** Returns by how much another slot must be sooner than a reserved one to justify a call to the store. */
function minGainUs(view: FleetView): number {
  return isPart(view) ? MIN_ENDPOINT_GAIN_US : MIN_GAIN_US;
}
