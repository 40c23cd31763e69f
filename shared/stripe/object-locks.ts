import type { Clock } from '../ports/clock.ts';

/** How long writes to an object are serialized after the back-off that follows Stripe's last lock_timeout. */
const SERIALIZE_MS = 10_000;

/** The writes to one object. Times are milliseconds of the monotonic clock. */
interface LockQueue {
  /** No write is sent before this time. */
  backOffUntilMs: number;
  /** After this time writes are no longer serialized. */
  expiresAtMs: number;
  /** Resolves when the last write in the queue has released the lock. */
  tail: Promise<void>;
  /** Writes that hold the lock or wait for it. */
  waiting: number;
}

/** A lock to release after the response, or the time after which the caller may retry. */
export type LockResult = { readonly release: () => void } | { readonly retryAfterMs: number };

const FREE: LockResult = { release: () => undefined };

/**
 * Locks on the objects for which Stripe returned lock_timeout, because another request was using them. After such an
 * error no write to the object is sent for a while. Then its writes are sent one after the other. Writes to other objects
 * are not affected. https://docs.stripe.com/rate-limits#object-lock-timeouts
 */
export class ObjectLocks {
  private readonly queues = new Map<string, LockQueue>();

  constructor(private readonly clock: Clock) {}

  /** Delays writes to the object by `forMs` milliseconds. */
  backOff(object: string, forMs: number): void {
    const nowMs = this.clock.monotonicMs();
    for (const [name, { expiresAtMs, waiting }] of this.queues)
      if (waiting === 0 && expiresAtMs <= nowMs) this.queues.delete(name);
    const queue = this.queues.get(object) ?? { backOffUntilMs: 0, expiresAtMs: 0, tail: Promise.resolve(), waiting: 0 };
    queue.backOffUntilMs = Math.max(queue.backOffUntilMs, nowMs + forMs);
    queue.expiresAtMs = queue.backOffUntilMs + SERIALIZE_MS;
    this.queues.set(object, queue);
  }

  /** Waits at most `maxWaitMs` for the lock. An object without a recent lock_timeout needs no lock. */
  async acquire(object: string | undefined, maxWaitMs: number): Promise<LockResult> {
    const queue = object === undefined ? undefined : this.queues.get(object);
    if (queue === undefined || (queue.waiting === 0 && queue.expiresAtMs <= this.clock.monotonicMs())) return FREE;
    return this.wait(queue, maxWaitMs);
  }

  private async wait(queue: LockQueue, maxWaitMs: number): Promise<LockResult> {
    const startedMs = this.clock.monotonicMs();
    const previous = queue.tail;
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
    return { release };
  }
}

/** Returns the object that a write uses: the path up to the first id. `/v1/invoices/in_1/pay` -> `/v1/invoices/in_1`. */
export function objectOf(path: string): string | undefined {
  return /^\/v\d\/(?:[a-z_]+\/)+[^/]*[^a-z_/][^/]*/.exec(path)?.[0];
}
