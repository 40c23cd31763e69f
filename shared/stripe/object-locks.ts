import type { Clock } from '../ports/clock.ts';
import { singleUseAdmission, type Admission } from '../rate-limiter/limiter.ts';
import type { StripeRequest } from './transport.ts';

/** How long writes to an object are serialized after its last back-off. */
const SERIALIZE_MS = 10_000;

/** Assumed time for which a write holds the lock, until a first write has released it. */
const FIRST_HOLD_MS = 100;

/** The writes to one object. Times are milliseconds of the monotonic clock. */
interface LockQueue {
  /** No write is sent before this time. */
  backOffUntilMs: number;
  /** No read is sent before this time. */
  readsBackOffUntilMs: number;
  /** After this time writes are no longer serialized, once none is admitted, waits for the lock or holds it. */
  expiresAtMs: number;
  /** Resolves when the last write in the queue has released the lock. */
  tail: Promise<void>;
  /** Writes that hold the lock or wait for it. */
  waiting: number;
  /** Writes that were admitted and do not wait yet. */
  admitted: number;
  /** How long the last write held the lock. */
  holdMs: number;
}

/** A lock to release after the response, or the time after which the caller may retry. */
export type LockResult = { readonly release: () => void } | LockRefusal;

export interface LockRefusal {
  readonly retryAfterMs: number;
}

const FREE: LockResult = { release: () => undefined };

/**
 * Locks on objects for which Stripe returned a lock_timeout (another request was using the object) or a 429 for
 * requests to the object. After such an error no write to the object is sent for a while, and after such a 429 no read
 * either. Then the writes to the object are sent one after the other. Requests to other objects are not affected.
 * https://docs.stripe.com/rate-limits#object-lock-timeouts
 */
export class ObjectLocks {
  private readonly queues = new Map<string, LockQueue>();

  constructor(private readonly clock: Clock) {}

  /**
   * Delays writes to the object by `forMs` milliseconds. `includesReads`: delays reads of the object too, because
   * Stripe limited them.
   */
  backOff(object: string, forMs: number, includesReads = false): void {
    const nowMs = this.clock.monotonicMs();
    for (const [name, queue] of this.queues) if (isOver(queue, nowMs)) this.queues.delete(name);
    const queue = this.queues.get(object) ?? newQueue();
    if (includesReads) queue.readsBackOffUntilMs = Math.max(queue.readsBackOffUntilMs, nowMs + forMs);
    queue.backOffUntilMs = Math.max(queue.backOffUntilMs, nowMs + forMs);
    queue.expiresAtMs = queue.backOffUntilMs + SERIALIZE_MS;
    this.queues.set(object, queue);
  }

  /** True if writes to the object are sent one after the other. */
  isSerialized(object: string | undefined): boolean {
    return this.activeQueue(object) !== undefined;
  }

  /**
   * Admits a call that will wait for the object later. Returns a rejection if the wait would be too long, and undefined
   * if writes to the object are not serialized.
   */
  admit(object: string | undefined, maxWaitMs: number): Admission | LockRefusal | undefined {
    const queue = this.activeQueue(object);
    if (queue === undefined) return undefined;
    const sinceMs = this.clock.monotonicMs();
    const backOffMs = Math.max(0, queue.backOffUntilMs - sinceMs);
    const expectedMs = backOffMs + (queue.waiting + queue.admitted) * queue.holdMs;
    if (expectedMs > maxWaitMs) return { retryAfterMs: Math.ceil(expectedMs) };
    queue.admitted += 1;
    return singleUseAdmission(sinceMs, () => {
      queue.admitted -= 1;
    });
  }

  /** Waits at most `maxWaitMs` for the lock. An object whose writes are not serialized needs no lock. */
  async acquire(object: string | undefined, maxWaitMs: number): Promise<LockResult> {
    const queue = this.activeQueue(object);
    return queue === undefined ? FREE : this.wait(queue, maxWaitMs);
  }

  /** Waits at most `maxWaitMs` until the object may be read. */
  async waitToRead(object: string | undefined, maxWaitMs: number): Promise<LockResult> {
    const waitMs = (this.activeQueue(object)?.readsBackOffUntilMs ?? 0) - this.clock.monotonicMs();
    if (waitMs > maxWaitMs) return { retryAfterMs: Math.ceil(waitMs) };
    if (waitMs > 0) await this.clock.sleep(waitMs);
    return FREE;
  }

  /** Returns the queue of an object whose writes are serialized, or undefined. */
  private activeQueue(object: string | undefined): LockQueue | undefined {
    const queue = object === undefined ? undefined : this.queues.get(object);
    return queue === undefined || isOver(queue, this.clock.monotonicMs()) ? undefined : queue;
  }

  /** Waits for the earlier writes in the queue and for the back-off. */
  private async wait(queue: LockQueue, maxWaitMs: number): Promise<LockResult> {
    const startedMs = this.clock.monotonicMs();
    const previous = queue.tail;
    // The next write in the queue waits until this one has released the lock.
    let resolveTail = (): void => undefined;
    queue.tail = new Promise<void>((resolve) => (resolveTail = resolve));
    queue.waiting += 1;
    const release = (): void => {
      queue.waiting -= 1;
      // A write that times out releases the lock while earlier writes still hold it or wait for it. The next write then
      // still waits for those earlier writes.
      void previous.then(resolveTail);
    };
    const isNext = await new Promise<boolean>((resolve) => {
      const cancelTimer = this.clock.setTimer(maxWaitMs, () => resolve(false));
      void previous.then(() => {
        cancelTimer();
        resolve(true);
      });
    });
    const nowMs = this.clock.monotonicMs();
    const backOffMs = queue.backOffUntilMs - nowMs;
    if (!isNext || backOffMs > maxWaitMs - (nowMs - startedMs)) {
      release();
      return { retryAfterMs: Math.max(1, Math.ceil(backOffMs)) };
    }
    if (backOffMs > 0) await this.clock.sleep(backOffMs);
    const acquiredMs = this.clock.monotonicMs();
    return {
      release: () => {
        queue.holdMs = this.clock.monotonicMs() - acquiredMs;
        release();
      },
    };
  }
}

function newQueue(): LockQueue {
  return {
    backOffUntilMs: 0,
    readsBackOffUntilMs: 0,
    expiresAtMs: 0,
    tail: Promise.resolve(),
    waiting: 0,
    admitted: 0,
    holdMs: FIRST_HOLD_MS,
  };
}

/** Returns whether writes to the object no longer need to be serialized. */
function isOver({ waiting, admitted, expiresAtMs }: LockQueue, nowMs: number): boolean {
  return waiting === 0 && admitted === 0 && expiresAtMs <= nowMs;
}

/**
 * Returns the key of a request's lock: the account and the object, because two accounts may have objects with the same
 * id.
 */
export function lockKeyOf({ path, account }: Pick<StripeRequest, 'path' | 'account'>): string | undefined {
  const object = objectOf(path);
  return object === undefined ? undefined : `${account ?? ''} ${object}`;
}

/**
 * Returns the object that a request uses: the path up to the first id. `/v1/invoices/in_1/pay` -> `/v1/invoices/in_1`.
 * An id is recognized by any character other than a lower-case letter or `_`. Undefined if the path has no id.
 */
export function objectOf(path: string): string | undefined {
  return /^\/v\d\/(?:[a-z_]+\/)+[^/]*[^a-z_/][^/]*/.exec(path)?.[0];
}
