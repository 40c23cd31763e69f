import { renew, type Lease } from './record.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperationStore } from './store.ts';
import type { CallContext } from '../stripe/call-context.ts';

/** Milliseconds: clocks of two machines go apart by less than this within a lease (200 ppm of half a minute are 6). */
const DRIFT_MS = 50;

/**
 * A lease on the holder's own clock. It counts from before the store was asked, so it ends here before it ends there:
 * whoever looks at it before sending never sends beside the next holder. Long work renews it at every third of its
 * length, and only while the work is going on.
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

  /** The call, bound to this lease and to the one that it already had. */
  bind(call: CallContext): CallContext {
    const outer = call.leaseLeftMs ?? (() => Infinity);
    return { ...call, leaseLeftMs: () => Math.min(outer(), this.endsAtMs - this.clock.monotonicMs()) };
  }

  /** Does the work under the lease that was asked for at `askedMs`. */
  async during<T>(askedMs: number, work: () => Promise<T>): Promise<T> {
    this.extend(askedMs);
    this.ended = false;
    this.renewLater();
    try {
      return await work();
    } finally {
      this.ended = true;
      this.cancelRenewal();
    }
  }

  private extend(fromMs: number): void {
    this.endsAtMs = fromMs + this.leaseMs - DRIFT_MS;
  }

  private renewLater(): void {
    this.cancelRenewal = this.clock.setTimer(this.leaseMs / 3, () => void this.renew());
  }

  private async renew(): Promise<void> {
    const askedMs = this.clock.monotonicMs();
    // A store that does not answer is asked again: until the lease ends it is ours.
    const ours = await this.operations.update(this.id, renew(this.lease, this.leaseMs * 1000)).catch(() => undefined);
    if (ours === true) this.extend(askedMs);
    if (ours === false) this.endsAtMs = -Infinity;
    else if (!this.ended) this.renewLater();
  }
}
