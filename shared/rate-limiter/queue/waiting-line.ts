import { MS_US } from '../../ports/time-units.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { LATENESS_US, slotState, type Now, type Slot } from '../gcra.ts';
import { sortSlots, markDropped, markUsed, moveForward, takeOut, type LaneSlot } from '../lanes/leases.ts';
import type { LaneWindow } from '../lanes/queue-lanes.ts';
import { goesBefore, PRIORITIES, type Priority } from './priority.ts';
import { refusal, type Settled } from './turn.ts';

/** A class that had no slot for this many milliseconds gets the next slot. */
const STARVED_MS = 8_000;

export interface Waiter<C> {
  readonly caller: C;
  readonly endpoint: Endpoint | undefined;
  readonly priority: Priority;
  readonly sinceMs: number;
  /** The latest time at which a slot is of use to the caller. */
  readonly untilMs: number;
  /** When the caller is rejected even if the store never responds. */
  readonly giveUpMs: number;
}

/**
 * The waiting callers of one queue, ordered by class and then by arrival, and the reserved slots of the queue, ordered
 * by time. The first caller takes the first slot. No class is without a slot for long while others have some.
 */
export class WaitingLine<C> {
  private readonly waiting: Waiter<C>[] = [];
  /** Callers that were promoted, because their class had no slot for a long time. They precede all other callers. */
  private readonly urgent = new Set<Waiter<C>>();
  /** When a caller of each class last had a slot or was promoted. */
  private readonly servedMs = new Map<Priority, number>();
  private slots: LaneSlot[] = [];

  get length(): number {
    return this.waiting.length;
  }

  /** Number of callers without a reserved slot. Negative: number of reserved slots without a caller. */
  get uncovered(): number {
    return this.waiting.length - this.slots.length;
  }

  /** The slot for the caller at this position (0: the first). */
  slotAt(position: number): Slot | undefined {
    return this.slots[position];
  }

  /** The times of the slots that have callers, in order. */
  get assignedUs(): number[] {
    return this.slots.slice(0, this.waiting.length).map(({ fromUs }) => fromUs);
  }

  join(waiter: Waiter<C>): void {
    this.waiting.splice(this.positionOf(waiter.priority), 0, waiter);
  }

  /** Position of a new caller of this class. */
  positionOf(priority: Priority): number {
    let position = this.waiting.length;
    while (position > 0 && this.passes(priority, this.waiting[position - 1])) position -= 1;
    return position;
  }

  /** Number of waiting callers of the lower classes. */
  get patient(): number {
    return this.waiting.reduce((count, { priority }) => (priority === 'interactive' ? count : count + 1), 0);
  }

  /** Since when each lower class with callers has no slot, and the callers that precede all classes. */
  get unservedMs(): number[] {
    const heads = PRIORITIES.slice(1).flatMap((priority) => this.ofClass(priority).slice(0, 1));
    return [...this.urgent, ...heads].map((head) => this.unservedSinceMs(head));
  }

  private unservedSinceMs({ sinceMs, priority }: Waiter<C>): number {
    return Math.max(sinceMs, this.servedMs.get(priority) ?? -Infinity);
  }

  /** Moves the first caller of each class that had no slot since `sinceMs` or before to the front of all other callers. */
  promote(nowMs: number, sinceMs = nowMs - STARVED_MS): void {
    for (const priority of PRIORITIES.slice(1)) {
      const [head] = this.ofClass(priority);
      if (head === undefined || this.unservedSinceMs(head) > sinceMs) continue;
      this.waiting.splice(this.waiting.indexOf(head), 1);
      this.waiting.splice(this.urgent.size, 0, head);
      this.urgent.add(head);
      this.servedMs.set(priority, nowMs);
    }
  }

  /**
   * Returns the milliseconds until a new caller of this class would be promoted, because its class had no slot for a
   * long time. Infinity for the highest class, which is never promoted.
   */
  promotionMs(nowMs: number, priority: Priority): number {
    const same = this.ofClass(priority);
    return this.promotedMs(nowMs, priority, same, same.length);
  }

  /** Like `promotionMs`, for the caller at a position of its class. `same`: the callers of the class. */
  private promotedMs(nowMs: number, priority: Priority, same: readonly Waiter<C>[], position: number): number {
    if (priority === PRIORITIES[0]) return Infinity;
    const headSinceMs = same[0]?.sinceMs ?? nowMs;
    const unservedMs = Math.max(headSinceMs, this.servedMs.get(priority) ?? -Infinity);
    return Math.max(0, unservedMs + (position + 1) * STARVED_MS - nowMs);
  }

  /** The callers of a priority, in order, without the urgent ones: those were promoted. */
  private ofClass(priority: Priority): Waiter<C>[] {
    return this.waiting.filter((waiter) => waiter.priority === priority && !this.urgent.has(waiter));
  }

  /** True if a new caller of a class precedes another caller. */
  private passes(priority: Priority, other: Waiter<C> | undefined): boolean {
    if (other === undefined || this.urgent.has(other)) return false;
    return goesBefore(priority, other.priority);
  }

  /** Adds reserved slots. */
  put(slots: readonly LaneSlot[]): void {
    this.slots = sortSlots([...this.slots, ...slots]);
  }

  /** Moves the slots of leases to the earliest times from now on that the leases allow (`lanes/leases.ts`). */
  moveForward(now: Now, notBeforeUs: number): void {
    this.slots = moveForward(this.slots, now, notBeforeUs);
  }

  /** Drops the slots before a time. */
  dropBefore(untilUs: number): void {
    this.slots = this.slots.filter((slot) => {
      if (slot.fromUs < untilUs) markDropped(slot);
      return slot.fromUs >= untilUs;
    });
  }

  /** Drops all reserved slots. */
  drop(): void {
    this.slots = [];
  }

  /** Grants each slot at its time to the first caller, and drops late slots. `window`: when a lane may be used. */
  release(nowMs: number, now: Now, pace: number, window: (lane: number) => LaneWindow | undefined): Settled<C>[] {
    const settled: Settled<C>[] = [];
    this.slots = this.slots.filter((slot) => {
      const part = usablePart(slot, window(slot.lane));
      if (part === undefined || slotState(part, now) === 'late') {
        markDropped(slot);
        return false;
      }
      const waiter = this.waiting[0];
      if (waiter === undefined || now.latestUs > part.knownUntilUs || slotState(part, now) === 'early') return true;
      markUsed(slot);
      this.waiting.shift();
      this.urgent.delete(waiter);
      this.servedMs.set(waiter.priority, nowMs);
      const leftMs = (Math.min(part.untilUs, part.knownUntilUs) - now.latestUs) / MS_US;
      settled.push({
        caller: waiter.caller,
        turn: { granted: true, waitedMs: nowMs - waiter.sinceMs, untilMs: nowMs + leftMs, pace },
      });
      return false;
    });
    return settled;
  }

  /** The rank of the first caller: -1 if it precedes all classes, else that of its class. Infinity if no caller waits. */
  get headRank(): number {
    const [head] = this.waiting;
    return head === undefined ? Infinity : this.rankOf(head);
  }

  /** Since when the first caller waits. Infinity if no caller waits. */
  get headSinceMs(): number {
    return this.waiting[0]?.sinceMs ?? Infinity;
  }

  /** Returns -1 for a promoted caller, and otherwise the index of its class. */
  private rankOf(waiter: Waiter<C>): number {
    return this.urgent.has(waiter) ? -1 : PRIORITIES.indexOf(waiter.priority);
  }

  /** Number of callers of the first caller's rank. */
  get headCallers(): number {
    const { headRank } = this;
    return this.waiting.filter((waiter) => this.rankOf(waiter) === headRank).length;
  }

  /** Number of callers of the first caller's rank without a slot that is due before `untilUs`. */
  unservedUntil(untilUs: number): number {
    return this.headCallers - this.slots.filter(({ fromUs }) => fromUs < untilUs).length;
  }

  /**
   * Returns the slots that a caller of another queue may take, if it has this rank: all that are not late, except the
   * first k. Here k is the number of this queue's callers with the same or a higher rank. For rank -1, that of promoted
   * callers, k counts only those that came at `sinceMs` or before.
   */
  openSlots(now: Now, rank: number, sinceMs: number): LaneSlot[] {
    const keeps = (waiter: Waiter<C>): boolean => rank >= 0 || waiter.sinceMs <= sinceMs;
    const kept = this.waiting.filter((waiter) => this.rankOf(waiter) <= rank && keeps(waiter)).length;
    return this.slots.filter((slot) => slotState(slot, now) !== 'late').slice(kept);
  }

  /**
   * Removes a slot and returns it, for another queue. Returns undefined if the slot was moved to another time or removed
   * since the caller read it.
   */
  remove(slot: LaneSlot): LaneSlot | undefined {
    if (!this.slots.includes(slot)) return undefined;
    const { rest, taken } = takeOut(this.slots, slot);
    this.slots = rest;
    return taken;
  }

  /** The time of the next slot that may not be released yet. */
  nextUs(now: Now): number | undefined {
    return this.slots.find((slot) => slotState(slot, now) === 'early')?.fromUs;
  }

  /** Removes and returns all callers. The slots stay. */
  takeWaiters(): Waiter<C>[] {
    this.urgent.clear();
    return this.waiting.splice(0);
  }

  /** Rejects, in order, callers whose slot would come too late. The slot goes to the next caller. */
  refuse(nowMs: number, pace: number, waitMs: (position: number) => number): Settled<C>[] {
    const refused: Settled<C>[] = [];
    const before = new Map<Priority, Waiter<C>[]>();
    for (let position = 0; position < this.waiting.length;) {
      const waiter = this.waiting[position] as Waiter<C>;
      const { caller, untilMs, priority } = waiter;
      const same = before.get(priority) ?? [];
      const wait = Math.min(waitMs(position), this.promotedMs(nowMs, priority, same, same.length));
      // A slot that is due now may still be released within its lateness.
      if (nowMs + wait <= Math.max(nowMs, untilMs) + LATENESS_US / MS_US) {
        position += 1;
        before.set(priority, [...same, waiter]);
        continue;
      }
      this.urgent.delete(waiter);
      this.waiting.splice(position, 1);
      refused.push(refusal(caller, wait, pace));
    }
    return refused;
  }

  /** Removes and returns the callers that `which` selects. `which` receives each caller and its position. */
  takeOut(which: (waiter: Waiter<C>, position: number) => boolean): C[] {
    const out = this.waiting.filter(which);
    for (const waiter of out) {
      this.urgent.delete(waiter);
      this.waiting.splice(this.waiting.indexOf(waiter), 1);
    }
    return out.map(({ caller }) => caller);
  }

  /** The earliest `giveUpMs` of the waiting callers. Undefined if no caller waits. */
  get giveUpMs(): number | undefined {
    return this.waiting.length === 0
      ? undefined
      : this.waiting.reduce((first, { giveUpMs }) => Math.min(first, giveUpMs), Infinity);
  }
}

/** The part of a slot in which its lane may be used. Undefined if there is none. */
export function usablePart(slot: Slot, window: LaneWindow | undefined): LaneWindow | undefined {
  if (window === undefined) return undefined;
  const fromUs = Math.max(slot.fromUs, window.fromUs);
  const untilUs = Math.min(slot.untilUs, window.untilUs);
  return untilUs < fromUs ? undefined : { fromUs, untilUs, knownUntilUs: window.knownUntilUs };
}
