import { renew, type Lease } from './record/lease.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperationStore } from './store.ts';
import type { CallContext } from '../stripe/call-context.ts';

/** Safety margin for clock drift between two machines within a lease (200 ppm of 30 s are 6 ms). */
const DRIFT_MS = 50;

/**
 * Tracks a lease on the holder's monotonic clock.
 *
 * The holder counts from the moment before the request to the store, so the lease expires for the holder before it
 * expires in the store. A holder that checks the lease before it sends never sends in parallel with the next holder.
 * While a task runs, the lease is renewed after every third of its duration.
 */
export class LeaseKeeper {
  private endsAtMs = -Infinity;
  private ended = true;
  private cancelRenewal = (): void => undefined;

  constructor(
    private readonly operations: OperationStore,
    private readonly id: string,
    private readonly lease: Lease,
    private readonly leaseMs: number,
    private readonly clock: Clock,
  ) {}

  /** Returns the call, limited by this lease and by the lease of the operation that it is a part of. */
  bind(call: CallContext): CallContext {
    const outerLeftMs = call.leaseLeftMs ?? (() => Infinity);
    return { ...call, leaseLeftMs: () => Math.min(outerLeftMs(), this.endsAtMs - this.clock.monotonicMs()) };
  }

  /** Runs a task under the lease that was requested at `requestedMs` (monotonic milliseconds). */
  async during<T>(requestedMs: number, task: () => Promise<T>): Promise<T> {
    this.extend(requestedMs);
    this.ended = false;
    this.renewLater();
    try {
      return await task();
    } finally {
      this.ended = true;
      this.cancelRenewal();
    }
  }

  /** Sets the end of a lease that was requested at `fromMs`. */
  private extend(fromMs: number): void {
    this.endsAtMs = fromMs + this.leaseMs - DRIFT_MS;
  }

  private renewLater(): void {
    this.cancelRenewal = this.clock.setTimer(this.leaseMs / 3, () => void this.renew());
  }

  /** Renews the lease in the store. If another caller has taken it over, the lease ends at once. */
  private async renew(): Promise<void> {
    const requestedMs = this.clock.monotonicMs();
    // If the store does not respond, retry: the lease is still held until it expires.
    const renewed = await this.operations
      .update(this.id, renew(this.lease, this.leaseMs * 1000))
      .catch(() => undefined);
    if (renewed === true) this.extend(requestedMs);
    if (renewed === false) this.endsAtMs = -Infinity;
    else if (!this.ended) this.renewLater();
  }
}
