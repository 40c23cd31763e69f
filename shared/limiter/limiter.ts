import { ConnectorError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import { StoreUnanswered, type TokenStore } from '../ports/token-store.ts';
import { StoreTime } from './store-time.ts';
import { LATENESS_NS, slotInterval, slotState } from './token-bucket.ts';

/** A refusal is a value; a store that fails is an exception. Milliseconds. */
export type Turn =
  { readonly granted: true; readonly waitedMs: number } | { readonly granted: false; readonly retryAfterMs: number };

export interface LimiterOptions {
  readonly bucket: string;
  /** Transactions a second of the whole connection. */
  readonly perSecond: number;
  readonly store: TokenStore;
  readonly clock: Clock;
}

/** Slots reserved in one step at most: a crash loses no more. */
const LARGEST_BATCH = 6;
/** Reserved slots further ahead than this are plenty: the next step waits until they come nearer. */
const AHEAD_NS = 500_000_000n;
/** Milliseconds that a caller gives the store to answer at all, however short its own wait: one RPC timeout and a bit. */
const STORE_PATIENCE_MS = 2500;
/** Milliseconds between a question that had no answer and the next: at most three questions a second an instance. */
const REPEAT_PAUSE_MS = 350;
const MS = 1_000_000;
const LATENESS_MS = Number(LATENESS_NS) / MS;

interface Waiter {
  /** Aborted when the caller has its turn or its refusal: ends the timer of its bound. */
  readonly settled: AbortController;
  readonly since: number;
  readonly until: number;
  readonly settle: (turn: Turn) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Hands out a connection's turns to the callers of one instance: first come, first served, one reservation in
 * flight. Time is the store's (`store-time`).
 * Fails closed: with no answer from the store nothing is granted beyond the slots that were reserved. It asks again
 * while someone has time to wait for the answer.
 */
export class Limiter {
  private readonly intervalNs: bigint;
  private readonly waiting: Waiter[] = [];
  private slots: bigint[] = [];
  private readonly time: StoreTime;
  /** The last theoretical arrival time that we know of. */
  private tatNs = 0n;
  private reserving = false;
  /** A question to the store is out. */
  private asking = false;
  /** Why the last question had no answer; undefined while the store answers. */
  private trouble: unknown;
  private dispatching = false;

  constructor(private readonly options: LimiterOptions) {
    this.intervalNs = slotInterval(options.perSecond);
    this.time = new StoreTime(options.clock);
  }

  /** Waits for a turn, at most `maxWaitMs`; says at once how long it would take where that is longer. */
  take(maxWaitMs: number): Promise<Turn> {
    const now = this.options.clock.monotonicMs();
    const expected = this.expectedWaitMs();
    if (expected > maxWaitMs) return Promise.resolve({ granted: false, retryAfterMs: Math.ceil(expected) });
    return new Promise<Turn>((settle, fail) => {
      const settled = new AbortController();
      const waiter: Waiter = { settled, since: now, until: now + maxWaitMs, settle, fail };
      this.waiting.push(waiter);
      void this.dispatch();
      void this.reserve();
      void this.expire(waiter, maxWaitMs);
    });
  }

  /** A lower bound of the wait of a caller who came now, as far as the last answer tells. Milliseconds. */
  expectedWaitMs(): number {
    const now = this.time.nowNs();
    if (now === undefined) return 0;
    const unreserved = BigInt(Math.max(0, this.waiting.length - this.slots.length));
    const own = this.slots[this.waiting.length];
    const slot = own ?? this.tatNs + unreserved * this.intervalNs;
    return slot <= now ? 0 : Number(slot - now) / MS;
  }

  private async reserve(): Promise<void> {
    if (this.reserving) return;
    this.reserving = true;
    try {
      while (this.waiting.length > this.slots.length) {
        await this.untilNear();
        await this.reserveOrPause();
      }
    } catch (cause) {
      this.failAll(cause);
    } finally {
      this.reserving = false;
    }
  }

  /** With many slots in hand more callers can gather for one step. */
  private async untilNear(): Promise<void> {
    const last = this.slots.at(-1);
    const now = this.time.nowNs();
    if (last === undefined || now === undefined || last - now <= AHEAD_NS) return;
    await this.options.clock.sleep(Number(last - now - AHEAD_NS) / MS);
  }

  private async reserveOrPause(): Promise<void> {
    try {
      await this.reserveOnce();
      this.trouble = undefined;
    } catch (cause) {
      if (!(cause instanceof StoreUnanswered)) throw cause;
      this.trouble = cause;
      this.failWithoutTime(this.options.clock.monotonicMs() + REPEAT_PAUSE_MS);
      if (this.waiting.length > 0) await this.options.clock.sleep(REPEAT_PAUSE_MS);
    }
  }

  private async reserveOnce(): Promise<void> {
    const { store, bucket } = this.options;
    if (!this.time.known)
      await this.ask(() =>
        this.time.learn(
          () => store.nowNs(bucket),
          (now) => now,
        ),
      );
    const count = Math.min(LARGEST_BATCH, this.waiting.length - this.slots.length);
    const notBeforeNs = this.time.firstUsableNs();
    if (count <= 0 || notBeforeNs === undefined) return;
    const reserved = await this.ask(() =>
      this.time.learn(
        () => store.reserve({ bucket, count, intervalNs: this.intervalNs, notBeforeNs }),
        ({ storeNowNs }) => storeNowNs,
      ),
    );
    for (let i = 0; i < count; i += 1) this.slots.push(reserved.firstNs + BigInt(i) * this.intervalNs);
    this.tatNs = reserved.firstNs + BigInt(count) * this.intervalNs;
    this.refuseHopeless();
    void this.dispatch();
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    this.asking = true;
    try {
      return await question();
    } finally {
      this.asking = false;
    }
  }

  /** Whoever cannot be served in time learns so at once; the slot goes to the next in line. */
  private refuseHopeless(): void {
    const now = this.time.nowNs() ?? 0n;
    const monotonic = this.options.clock.monotonicMs();
    for (let index = 0; index < Math.min(this.waiting.length, this.slots.length);) {
      const waiter = this.waiting[index] as Waiter;
      const waitMs = Number((this.slots[index] as bigint) - now) / MS;
      if (waitMs <= Math.max(0, waiter.until - monotonic) + LATENESS_MS) {
        index += 1;
        continue;
      }
      this.waiting.splice(index, 1);
      settle(waiter, { granted: false, retryAfterMs: Math.max(1, Math.ceil(waitMs)) });
    }
  }

  /** Releases each slot to the first in line at its time, throws late ones away. One loop at a time. */
  private async dispatch(): Promise<void> {
    if (this.dispatching) return;
    this.dispatching = true;
    while (this.waiting.length > 0 && this.slots.length > 0) {
      const slot = this.slots[0] as bigint;
      const now = this.time.nowNs() ?? 0n;
      const state = slotState(slot, now, this.time.latenessNs());
      if (state === 'early') {
        await this.options.clock.sleep(Number(slot - now) / MS);
        continue;
      }
      this.slots.shift();
      if (state === 'late') continue;
      const waiter = this.waiting.shift() as Waiter;
      settle(waiter, { granted: true, waitedMs: this.options.clock.monotonicMs() - waiter.since });
    }
    this.dispatching = false;
    // Slots without a caller lapse: keep none that are already past.
    const now = this.time.nowNs() ?? 0n;
    this.slots = this.slots.filter((slot) => slotState(slot, now, this.time.latenessNs()) !== 'late');
    if (this.waiting.length > this.slots.length) void this.reserve();
  }

  /** The bound that holds even where the store never answers. */
  private async expire(waiter: Waiter, maxWaitMs: number): Promise<void> {
    // A slot that is due just now may still be released within its lateness.
    await this.options.clock.sleep(Math.max(maxWaitMs, STORE_PATIENCE_MS) + LATENESS_MS, waiter.settled.signal);
    const index = this.waiting.indexOf(waiter);
    if (index < 0) return;
    this.waiting.splice(index, 1);
    if (this.asking || this.trouble !== undefined) fail(waiter, this.trouble);
    else settle(waiter, { granted: false, retryAfterMs: Math.max(1, Math.ceil(this.expectedWaitMs())) });
  }

  /** Whoever cannot wait until then fails now; who holds a slot in hand keeps its place. */
  private failWithoutTime(monotonicMs: number): void {
    const without = this.waiting.filter(({ until }, index) => index >= this.slots.length && until < monotonicMs);
    for (const waiter of without) {
      this.waiting.splice(this.waiting.indexOf(waiter), 1);
      fail(waiter, this.trouble);
    }
  }

  private failAll(cause: unknown): void {
    for (const waiter of this.waiting.splice(0)) fail(waiter, cause);
  }
}

function settle(waiter: Waiter, turn: Turn): void {
  waiter.settled.abort();
  waiter.settle(turn);
}

function fail(waiter: Waiter, cause: unknown): void {
  waiter.settled.abort();
  waiter.fail(storeDown(cause));
}

function storeDown(cause: unknown): ConnectorError {
  return new ConnectorError(
    'UNAVAILABLE',
    'the rate limiter has no answer from its store; nothing was sent to Stripe',
    {
      reason: 'LIMITER_UNAVAILABLE',
      cause,
    },
  );
}
