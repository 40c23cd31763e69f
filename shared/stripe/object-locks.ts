import type { Clock } from '../ports/clock.ts';

/** Milliseconds after Stripe's last lock_timeout that writes to the object still go one after the other. */
const MEMORY_MS = 10_000;

interface Line {
  /** Resolves when no other write is ahead. */
  heldUntilMs: number;
  forgottenAtMs: number;
  /** Resolves when the last write in line has left. */
  tail: Promise<void>;
  waiting: number;
}

/** A place in an object's line: enter it and leave it after the response, or retry later. */
export type LockResult = { readonly release: () => void } | { readonly retryAfterMs: number };

const FREE: LockResult = { release: () => undefined };

/**
 * Objects for which Stripe returned lock_timeout: another request uses them. Such an object is held back for a while, and
 * its writes then run one after the other. Requests for other objects continue.
 * https://docs.stripe.com/rate-limits#object-lock-timeouts
 */
export class ObjectLocks {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly clock: Clock) {}

  /** Holds the object back for `ms` milliseconds. */
  backOff(object: string, forMs: number): void {
    const now = this.clock.monotonicMs();
    for (const [name, { forgottenAtMs, waiting }] of this.lines)
      if (waiting === 0 && forgottenAtMs <= now) this.lines.delete(name);
    const line = this.lines.get(object) ?? { heldUntilMs: 0, forgottenAtMs: 0, tail: Promise.resolve(), waiting: 0 };
    line.heldUntilMs = Math.max(line.heldUntilMs, now + forMs);
    line.forgottenAtMs = line.heldUntilMs + MEMORY_MS;
    this.lines.set(object, line);
  }

  /** Waits at most `patienceMs` for the object. An object that is not held back has no line. */
  async acquire(object: string | undefined, patienceMs: number): Promise<LockResult> {
    const line = object === undefined ? undefined : this.lines.get(object);
    if (line === undefined || (line.waiting === 0 && line.forgottenAtMs <= this.clock.monotonicMs())) return FREE;
    return this.wait(line, patienceMs);
  }

  private async wait(line: Line, patienceMs: number): Promise<LockResult> {
    const begun = this.clock.monotonicMs();
    const before = line.tail;
    let leaveLine = (): void => undefined;
    line.tail = new Promise<void>((left) => (leaveLine = left));
    line.waiting += 1;
    const leave = (): void => {
      line.waiting -= 1;
      // A write that leaves early lets the next one in only after those ahead have left.
      void before.then(leaveLine);
    };
    const gone = await new Promise<boolean>((settle) => {
      const callOff = this.clock.setTimer(patienceMs, () => settle(false));
      void before.then(() => {
        callOff();
        settle(true);
      });
    });
    const now = this.clock.monotonicMs();
    const heldMs = line.heldUntilMs - now;
    if (!gone || heldMs > patienceMs - (now - begun)) {
      leave();
      return { retryAfterMs: Math.max(1, Math.ceil(heldMs)) };
    }
    if (heldMs > 0) await this.clock.sleep(heldMs);
    return { release: leave };
  }
}

/** The object that a write uses: its path up to the first id. `/v1/invoices/in_1/pay` -> `/v1/invoices/in_1`. */
export function objectOf(path: string): string | undefined {
  return /^\/v\d\/(?:[a-z_]+\/)+[^/]*[^a-z_/][^/]*/.exec(path)?.[0];
}
