import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../shared/ports/clock.ts';

/** The wall clock at virtual time 0: 2026-11-24. */
const BEGAN_MS = 1_795_478_400_000;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that moves only when a test says so: waiting costs nothing. */
export class VirtualClock implements Clock {
  private now: number;
  private sleepers: Sleeper[] = [];

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

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      if (signal?.aborted === true) return wake();
      const sleeper = { at: this.now + Math.max(0, ms) + this.lateMs(), wake };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper);
        wake();
      });
    });
  }

  /** Moves time to `until`, waking each sleeper at its moment. */
  async advanceTo(until: number): Promise<void> {
    for (;;) {
      await settle();
      const next = this.sleepers.reduce<Sleeper | undefined>(
        (first, one) => (first === undefined || one.at < first.at ? one : first),
        undefined,
      );
      if (next === undefined || next.at > until) break;
      this.sleepers = this.sleepers.filter((one) => one !== next);
      this.now = Math.max(this.now, next.at);
      next.wake();
    }
    this.now = Math.max(this.now, until);
    await settle();
  }

  advance(ms: number): Promise<void> {
    return this.advanceTo(this.now + ms);
  }
}

/** Lets every promise that can go on go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await turn();
}
