import { LATENESS_US, slotState, type Now, type Slot } from './gcra.ts';
import { MS_US } from '../ports/time-units.ts';

/**
 * A refusal is a value; milliseconds. A turn that is not used until `untilMs` of the monotonic clock is lost.
 * `pace` is 1, or less while Stripe slows the connection: 1/2, 1/4, 1/8.
 */
export type Turn =
  { readonly granted: true; readonly waitedMs: number; readonly untilMs: number; readonly pace: number } | RefusedTurn;

export interface RefusedTurn {
  readonly granted: false;
  readonly retryAfterMs: number;
  readonly pace: number;
}

/** What becomes of a caller: a turn, or the reason why the store cannot tell. */
export type Settled<C> = { readonly caller: C } & ({ readonly turn: Turn } | { readonly unanswered: unknown });

/** The classes of a connection's line, the first first. */
export const PRIORITIES = ['interactive', 'read', 'bulk'] as const;

/** `interactive`: writes and actions; `read`: Get and the first page of a List; `bulk`: what can wait. */
export type Priority = (typeof PRIORITIES)[number];

/** Milliseconds after which the head of a class goes first that had no slot since. */
const STARVED_MS = 8_000;

export interface Waiter<C> {
  readonly caller: C;
  readonly priority: Priority;
  readonly sinceMs: number;
  /** The latest turn that is of use. */
  readonly untilMs: number;
  /** When it is told that there is none, even where the store never answers. */
  readonly giveUpMs: number;
}

/**
 * The callers of one instance, by class and then in the order in which they came, and the slots that it has in hand in
 * the order of their times: the first in line goes with the first slot. No class is left without a slot for long while
 * others have some.
 */
export class WaitingLine<C> {
  private readonly waiting: Waiter<C>[] = [];
  /** Callers that go before all classes. */
  private readonly urgent = new Set<Waiter<C>>();
  private readonly servedMs = new Map<Priority, number>();
  private slots: Slot[] = [];

  get length(): number {
    return this.waiting.length;
  }

  /** Callers for whom there is no slot in hand; below 0: slots for whom there is no caller. */
  get uncovered(): number {
    return this.waiting.length - this.slots.length;
  }

  /** The slot that falls to whoever stands at this place (0: the first). */
  slotAt(place: number): Slot | undefined {
    return this.slots[place];
  }

  /** The times of the slots that fall to callers, in order. */
  get assignedUs(): number[] {
    return this.slots.slice(0, this.waiting.length).map(({ fromUs }) => fromUs);
  }

  join(waiter: Waiter<C>): void {
    this.waiting.splice(this.placeOf(waiter.priority), 0, waiter);
  }

  /** How many stand before a caller of this class who comes now. */
  placeOf(priority: Priority): number {
    let place = this.waiting.length;
    while (place > 0 && this.goesBefore(priority, this.waiting[place - 1])) place -= 1;
    return place;
  }

  /** How many wait who are not of the first class. */
  get patient(): number {
    return this.waiting.reduce((count, { priority }) => (priority === 'interactive' ? count : count + 1), 0);
  }

  /** Puts the head of each class that had no slot for long before all others. */
  promote(nowMs: number): void {
    for (const priority of PRIORITIES.slice(1)) {
      const head = this.waiting.find((waiter) => waiter.priority === priority && !this.urgent.has(waiter));
      if (head === undefined || nowMs - Math.max(head.sinceMs, this.servedMs.get(priority) ?? 0) < STARVED_MS) continue;
      this.urgent.add(head);
      this.servedMs.set(priority, nowMs);
      this.waiting.splice(this.waiting.indexOf(head), 1);
      this.waiting.unshift(head);
    }
  }

  private goesBefore(priority: Priority, other: Waiter<C> | undefined): boolean {
    if (other === undefined || this.urgent.has(other)) return false;
    return PRIORITIES.indexOf(priority) < PRIORITIES.indexOf(other.priority);
  }

  put(slots: readonly Slot[]): void {
    this.slots = [...this.slots, ...slots].sort((a, b) => a.fromUs - b.fromUs);
  }

  drop(): void {
    this.slots = [];
  }

  /** Releases each slot to the first in line at its time, throws late ones away. */
  release(nowMs: number, now: Now, pace: number): Settled<C>[] {
    this.slots = this.slots.filter((slot) => slotState(slot, now) !== 'late');
    const early = this.slots.findIndex((slot) => slotState(slot, now) === 'early');
    const due = early < 0 ? this.slots.length : early;
    const going = this.waiting.splice(0, due);
    const slots = this.slots.splice(0, going.length);
    return going.map((waiter, index) => {
      const { caller, sinceMs } = waiter;
      this.urgent.delete(waiter);
      this.servedMs.set(waiter.priority, nowMs);
      const leftMs = ((slots[index]?.untilUs ?? now.mostUs) - now.mostUs) / MS_US;
      return { caller, turn: { granted: true, waitedMs: nowMs - sinceMs, untilMs: nowMs + leftMs, pace } };
    });
  }

  /** Refuses in order whose turn, at its place in the line, would come too late; the slot goes to the next in line. */
  refuse(nowMs: number, pace: number, waitMs: (place: number) => number): Settled<C>[] {
    const refused: Settled<C>[] = [];
    for (let place = 0; place < this.waiting.length;) {
      const { caller, untilMs } = this.waiting[place] as Waiter<C>;
      const wait = waitMs(place);
      // A slot that is due just now may still be released within its lateness.
      if (nowMs + wait <= Math.max(nowMs, untilMs) + LATENESS_US / MS_US) {
        place += 1;
        continue;
      }
      this.urgent.delete(this.waiting[place] as Waiter<C>);
      this.waiting.splice(place, 1);
      refused.push(refusal(caller, wait, pace));
    }
    return refused;
  }

  /** Takes out of the line whom `which` names, with its place. */
  takeOut(which: (waiter: Waiter<C>, place: number) => boolean): C[] {
    const out = this.waiting.filter(which);
    for (const waiter of out) {
      this.urgent.delete(waiter);
      this.waiting.splice(this.waiting.indexOf(waiter), 1);
    }
    return out.map(({ caller }) => caller);
  }

  /** When the first gives up; undefined where nobody waits. */
  get giveUpMs(): number | undefined {
    return this.waiting.length === 0
      ? undefined
      : this.waiting.reduce((first, { giveUpMs }) => Math.min(first, giveUpMs), Infinity);
  }
}

export function refusal<C>(caller: C, waitMs: number, pace: number): Settled<C> {
  return { caller, turn: refusedTurn(waitMs, pace) };
}

export function refusedTurn(waitMs: number, pace: number): RefusedTurn {
  return { granted: false, retryAfterMs: Math.max(1, Math.ceil(waitMs)), pace };
}
