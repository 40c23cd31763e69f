import type { OperationStore } from '../../idempotency/store.ts';
import type { Clock } from '../../ports/clock.ts';
import { isLaterVersion, isStoreUnavailable } from '../../ports/store-errors.ts';
import { MS_US } from '../../ports/time-units.ts';
import type { ReadAt, ReadProgress } from './coalesced-reads.ts';
import {
  EVENT_TIME_MARGIN_US,
  endRead,
  isAwaited,
  planRead,
  sharedResult,
  type ReadPlan,
} from '../../event-inbox/object-read.ts';

/** Assumed maximum difference between the clock of this machine and Stripe's clock. */
const CLOCK_MARGIN_MS = 10_000;
/** Pause before an instance first checks whether the read of another instance has ended. */
const FIRST_CHECK_PAUSE_MS = 100;
/** Maximum pause between two checks whether the read of another instance has ended. */
const MAX_CHECK_PAUSE_MS = 500;
/** Factor by which the pause grows with each check. */
const CHECK_GROWTH = 1.5;
/**
 * Pause before an instance first checks whether a call waits for the object. A call only begins to wait when Stripe has
 * answered its write, which may be after the event arrived. The pauses between further checks grow.
 */
const AWAITED_CHECK_PAUSE_MS = 300;
/** Maximum time that an instance waits for the read of another instance. After it, the instance reads the object itself. */
const MAX_SHARED_WAIT_MS = 6000;

type LeadPlan = ReadPlan & { readonly kind: 'lead' };

export interface SharedReadOptions<T> extends ReadProgress {
  /** Identifies the object by account, kind and id. */
  readonly key: string;
  /** The latest time at which the event can have happened, in milliseconds since 1970. */
  readonly happenedMs: number;
  readonly read: () => Promise<T>;
  /** Returns a value without the fields that must not be stored. */
  readonly storable: (value: T) => T;
}

/**
 * Coalesces the reads of an object over all instances. A read costs one to three writes to the store, however many
 * events use it (see `planRead` and `endRead`). If the store is unavailable, each instance reads the object itself.
 */
export class SharedReads<T> {
  constructor(
    private readonly store: OperationStore,
    private readonly clock: Clock,
  ) {}

  async read(options: SharedReadOptions<T>): Promise<ReadAt<T>> {
    const { clock } = this;
    const endMs = clock.monotonicMs() + MAX_SHARED_WAIT_MS;
    try {
      while (clock.monotonicMs() < endMs) {
        const sentMs = clock.monotonicMs();
        const plan = await this.store.update(options.key, planRead(options.happenedMs * MS_US));
        if (plan.kind === 'reuse') return readAt(plan, -Infinity);
        if (plan.kind === 'alone') return await this.readAlone(options);
        // The store read its clock after the request was sent, so this time is before the read begins.
        const begunAfterMs = sentMs + (plan.startUs - plan.nowUs) / MS_US;
        if (plan.kind === 'lead') return await this.lead(plan, begunAfterMs, options);
        const read = await this.waitForOther(plan, begunAfterMs, endMs, options);
        if (read !== undefined) return read;
      }
    } catch (cause) {
      if (!isStoreUnavailable(cause) && !isLaterVersion(cause)) throw cause;
    }
    return this.readAlone(options);
  }

  /** Reads the object for this instance, and for the instances that wait for the result. */
  private async lead(
    { startUs, nowUs, fence, isShared }: LeadPlan,
    begunAfterMs: number,
    { key, begun, waiting, read, storable }: SharedReadOptions<T>,
  ): Promise<ReadAt<T>> {
    // If the end of the read cannot be stored, the instances that wait read the object themselves.
    const end = (value?: T): Promise<void> =>
      this.store.update(key, endRead({ startUs, fence, value, events: waiting() })).catch(() => undefined);
    if (await this.pauseUnlessAwaited(key, (startUs - nowUs) / MS_US)) {
      await end();
      return this.readAlone({ begun, read });
    }
    begun();
    if (!isShared) return readAt({ startUs, value: await read() }, begunAfterMs);
    try {
      const value = await read();
      await end(storable(value));
      return readAt({ startUs, value }, begunAfterMs);
    } catch (cause) {
      await end();
      throw cause;
    }
  }

  /**
   * Waits for the read of another instance. Returns undefined if that instance stopped without a result, or if its read
   * takes too long. If a call begins to wait for the object, reads the object without the other instance.
   */
  private async waitForOther(
    { startUs }: { readonly startUs: number },
    begunAfterMs: number,
    endMs: number,
    { key, begun, read }: SharedReadOptions<T>,
  ): Promise<ReadAt<T> | undefined> {
    const { clock } = this;
    if (await this.pauseUnlessAwaited(key, begunAfterMs - clock.monotonicMs())) return this.readAlone({ begun, read });
    begun();
    let pauseMs = FIRST_CHECK_PAUSE_MS;
    while (clock.monotonicMs() < endMs) {
      await clock.sleep(pauseMs);
      pauseMs = Math.min(pauseMs * CHECK_GROWTH, MAX_CHECK_PAUSE_MS);
      const result = await this.store.update(key, sharedResult(startUs));
      if (result.kind === 'ended') return readAt(result, begunAfterMs);
      if (result.kind === 'lost') return undefined;
    }
    return undefined;
  }

  /**
   * Waits `pauseMs` until a read may begin. Returns true early if a call begins to wait for the object, and false
   * otherwise.
   */
  private async pauseUnlessAwaited(key: string, pauseMs: number): Promise<boolean> {
    const { clock } = this;
    const endMs = clock.monotonicMs() + pauseMs;
    for (let checkMs = AWAITED_CHECK_PAUSE_MS; endMs - clock.monotonicMs() > checkMs; checkMs *= CHECK_GROWTH) {
      await clock.sleep(checkMs);
      if (await this.store.update(key, isAwaited)) return true;
    }
    const leftMs = endMs - clock.monotonicMs();
    if (leftMs > 0) await clock.sleep(leftMs);
    return false;
  }

  /** Reads the object without sharing the read with other instances. */
  async readAlone({ begun, read }: Pick<SharedReadOptions<T>, 'begun' | 'read'>): Promise<ReadAt<T>> {
    begun();
    const readAtMs = this.clock.epochMs();
    const begunAfterMs = this.clock.monotonicMs();
    return { value: await read(), readAtMs, begunAfterMs, coversMs: readAtMs - CLOCK_MARGIN_MS };
  }
}

/** Returns a shared read with its times in milliseconds. */
function readAt<T>(
  { startUs, value }: { readonly startUs: number; readonly value: unknown },
  begunAfterMs: number,
): ReadAt<T> {
  return {
    value: value as T,
    begunAfterMs,
    readAtMs: Math.floor(startUs / MS_US),
    coversMs: Math.floor((startUs - EVENT_TIME_MARGIN_US) / MS_US),
  };
}
