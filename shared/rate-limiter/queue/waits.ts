import { lazy } from '../../memoize.ts';
import { MS_US } from '../../ports/time-units.ts';
import { ROUND_US, slotWaitMs, type Now, type Slot } from '../gcra.ts';
import type { QueueLanes } from '../lanes/queue-lanes.ts';
import type { NodeState } from '../node.ts';
import type { SlotEstimates } from '../selection/estimates.ts';
import { queueView } from './queue-view.ts';
import { PRIORITIES, type Priority } from './priority.ts';
import { AHEAD_US } from './reservations.ts';
import type { WaitingLine } from './waiting-line.ts';

/** Estimates the waits of a queue's callers, in milliseconds. All but `toldMs` are lower bounds. */
export class QueueWaits<C> {
  constructor(
    private readonly node: NodeState,
    private readonly source: QueueLanes,
    private readonly line: WaitingLine<C>,
    private readonly estimates: SlotEstimates,
    /** The slots that a caller of a rank may take from other queues, in order. */
    private readonly borrowable: (now: Now, rank: number) => readonly Slot[],
  ) {}

  /** The wait of a new caller of this class, if none of a higher class comes. */
  expectedMs(nowMs: number, priority: Priority): number {
    const byPositionMs = this.atPositionMs(nowMs, this.line.positionOf(priority), PRIORITIES.indexOf(priority)) ?? 0;
    return Math.min(byPositionMs, this.line.promotionMs(nowMs, priority));
  }

  /** The wait that is reported to a rejected caller: like `expectedMs`, if the other nodes use their lanes too. */
  toldMs(nowMs: number, priority: Priority, position = this.line.positionOf(priority)): number {
    const now = this.node.now(nowMs);
    const minMs = this.admissionMs(nowMs, position, priority);
    const toldMs = now === undefined ? minMs : Math.max(minMs, this.toldByPosition(now, position));
    return Math.min(toldMs, this.line.promotionMs(nowMs, priority));
  }

  /**
   * The wait at a position, if the other nodes use their lanes. A caller without a slot waits at least as long as
   * for the last reserved slot, because sooner slots go to the callers before it.
   */
  private toldByPosition(now: Now, position: number): number {
    const slots = this.line.length - this.line.uncovered;
    const lastMs = slotWaitMs(this.line.slotAt(Math.min(position, slots - 1)), now);
    const view = queueView(this.node, this.source, now);
    if (position < slots || view.lanes.size === 0) return lastMs;
    const furtherUs = this.estimates.expectedUs(now.earliestUs, view)(position - slots + 1);
    return Math.max(lastMs, (furtherUs - now.earliestUs) / MS_US);
  }

  /**
   * The wait at a position of the queue. Before the store's time is known, it is computed as if all lanes of the floor
   * (the lanes of `minNodes` nodes) were free.
   */
  admissionMs(nowMs: number, position: number, priority: Priority): number {
    return (
      this.atPositionMs(nowMs, position, PRIORITIES.indexOf(priority)) ??
      (Math.floor(position / this.source.floorLanes) * ROUND_US) / MS_US
    );
  }

  /** The wait at a position, for a caller of this rank. Undefined before the store's time is known. */
  private atPositionMs(nowMs: number, position: number, rank: number): number | undefined {
    const now = this.node.now(nowMs);
    if (now === undefined) return undefined;
    return Math.min(this.byPosition(now)(position), slotMs(this.borrowable(now, rank)[position], now));
  }

  /**
   * Returns a function from the position in the queue to the wait. Callers of the first caller's rank may take slots of
   * other queues.
   */
  byPosition(now: Now): (position: number) => number {
    const ownMs = this.ownByPosition(now);
    const { headCallers, headRank } = this.line;
    const borrowable = lazy(() => this.borrowable(now, headRank));
    return (position) =>
      position < headCallers ? Math.min(ownMs(position), slotMs(borrowable()[position], now)) : ownMs(position);
  }

  /**
   * The wait without slots of other queues. A position with a reserved slot waits for that slot. The wait at a later
   * position is estimated from what is known of the lanes.
   */
  private ownByPosition(now: Now): (position: number) => number {
    const view = queueView(this.node, this.source, now);
    // Without lanes to use, nothing is known of the wait.
    if (view.lanes.size === 0) return () => 0;
    const soonestUs = lazy(() => this.estimates.soonestUs(now.earliestUs, view, true, false));
    const expectedUs = lazy(() => this.estimates.expectedUs(now.earliestUs, view));
    const furtherMs = (further: number): number =>
      Math.max(0, Math.min(soonestUs()(further), expectedUs()(further)) - now.earliestUs) / MS_US;
    return (position) => {
      const slot = this.line.slotAt(position);
      if (slot === undefined) return furtherMs(position - (this.line.length - this.line.uncovered) + 1);
      const waitMs = slotWaitMs(slot, now);
      return this.line.uncovered > 0
        ? slotOrSoonerMs(waitMs, furtherMs)
        : this.leasedOrSoonerMs(position, waitMs, now, furtherMs);
    };
  }

  /**
   * Returns the wait for a slot of a lease, or for a sooner slot of another lane that a later reservation may find. The
   * callers at earlier positions use the slots that are due now, or else other lanes too.
   */
  private leasedOrSoonerMs(position: number, waitMs: number, now: Now, furtherMs: (further: number) => number): number {
    if (waitMs === 0) return 0;
    let due = 0;
    while (due < position && slotWaitMs(this.line.slotAt(due), now) === 0) due += 1;
    return Math.min(waitMs, furtherMs(position - due + 1));
  }
}

/**
 * Returns the wait for a reserved slot, or for a sooner slot that a later reservation may find: a reserved slot that is
 * far away may be in a lane that other nodes use too.
 */
function slotOrSoonerMs(waitMs: number, furtherMs: (further: number) => number): number {
  return waitMs > AHEAD_US / MS_US ? Math.min(waitMs, furtherMs(1)) : waitMs;
}

/** The wait for a slot, Infinity if there is none. */
function slotMs(slot: Slot | undefined, now: Now): number {
  return slot === undefined ? Infinity : slotWaitMs(slot, now);
}
