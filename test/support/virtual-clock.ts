import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../shared/ports/clock.ts';
import type { StoreClock } from '../../shared/ports/store-clock.ts';

/** The wall clock at virtual time 0: 2026-11-24. */
const BEGAN_MS = 1_795_478_400_000;

interface Sleeper {
  readonly at: number;
  /** Of two at one moment the one that lay down first wakes first. */
  readonly order: number;
  readonly wake: () => void;
  gone: boolean;
}

const before = (a: Sleeper, b: Sleeper): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Sleepers by the moment of their waking: a binary heap, since thousands may sleep. */
class Sleepers {
  private readonly heap: Sleeper[] = [];

  private at(index: number): Sleeper {
    return this.heap[index] as Sleeper;
  }

  push(sleeper: Sleeper): void {
    const { heap } = this;
    let at = heap.push(sleeper) - 1;
    for (let up = (at - 1) >> 1; at > 0 && before(sleeper, this.at(up)); up = (at - 1) >> 1) {
      heap[at] = this.at(up);
      at = up;
    }
    heap[at] = sleeper;
  }

  /** The first waiter that has not left, if any. */
  first(): Sleeper | undefined {
    while (this.heap[0]?.gone === true) this.pop();
    return this.heap[0];
  }

  pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const down = right < heap.length && before(this.at(right), this.at(left)) ? right : left;
      if (!before(this.at(down), last)) break;
      heap[at] = this.at(down);
      at = down;
    }
    heap[at] = last;
  }
}

/** Time that moves only when a test says so: waiting costs nothing. */
export class VirtualClock implements Clock, StoreClock {
  private now: number;
  private readonly sleepers = new Sleepers();
  private order = 0;

  /** `lateMs`: how late a timer fires, a function of nothing (tests draw it). */
  constructor(
    start = 0,
    private readonly lateMs: () => number = () => 0,
  ) {
    this.now = start;
  }

  monotonicMs(): number {
    return this.now;
  }

  epochMs(): number {
    return BEGAN_MS + this.now;
  }

  /** The store's clock agrees with this machine's. */
  nowUs(): number {
    return Math.floor(this.epochMs() * 1000);
  }

  observe(): void {
    // There is nothing to learn.
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => void this.setTimer(ms, wake));
  }

  setTimer(ms: number, ring: () => void): () => void {
    const at = this.now + Math.max(0, ms) + this.lateMs();
    const sleeper: Sleeper = { at, order: (this.order += 1), wake: ring, gone: false };
    this.sleepers.push(sleeper);
    return () => {
      sleeper.gone = true;
    };
  }

  /** Moves time to `until`, waking each sleeper at its moment. */
  async advanceTo(until: number): Promise<void> {
    for (;;) {
      await settle();
      const next = this.sleepers.first();
      if (next === undefined || next.at > until) break;
      this.sleepers.pop();
      this.now = Math.max(this.now, next.at);
      next.wake();
    }
    this.now = Math.max(this.now, until);
    await settle();
  }

  advance(ms: number): Promise<void> {
    return this.advanceTo(this.now + ms);
  }

  /** Moves time to the next timer; without one, only lets promises go on. */
  async advanceToNext(): Promise<void> {
    await settle();
    await this.advanceTo(this.sleepers.first()?.at ?? this.now);
  }
}

/** Lets every promise that can go on go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await turn();
}
