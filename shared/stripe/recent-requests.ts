/** One request to Stripe, as whoever watches the connection sees it: no inputs, no answers. */
export interface RequestLogEntry {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** `Customer.List`, `ConfirmPaymentIntent` */
  readonly call: string;
  readonly method: string;
  readonly path: string;
  /** `ok`, Stripe's code, `lost`, `unsent`; RATE_LIMITED where the call got no turn and nothing was sent. */
  readonly outcome: string;
  readonly requestId?: string;
  /** Milliseconds at Stripe. */
  readonly durationMs: number;
  /** Milliseconds that it waited for its turn. */
  readonly waitedMs: number;
  /** Which try of its call it was, from 1. */
  readonly attempt: number;
}

/** How many are remembered. */
const KEPT = 100;

/** The last transactions of one instance. Nothing is written anywhere. */
export class RecentRequests {
  private readonly last: RequestLogEntry[] = [];
  private added = 0;

  add(transaction: RequestLogEntry): void {
    this.last[this.added % KEPT] = transaction;
    this.added += 1;
  }

  /** The newest first. */
  recent(): readonly RequestLogEntry[] {
    const newest = this.added % KEPT;
    return [...this.last.slice(newest), ...this.last.slice(0, newest)].reverse();
  }
}

/** How many ids are remembered. */
const KEPT_IDS = 4096;

/** The ids that one instance added last. */
export class RecentIds {
  private readonly ids = new Set<string>();

  has(id: string): boolean {
    return this.ids.has(id);
  }

  add(id: string): void {
    this.ids.add(id);
    // A set keeps the order of insertion: the first is the oldest.
    for (const oldest of this.ids) {
      if (this.ids.size <= KEPT_IDS) return;
      this.ids.delete(oldest);
    }
  }
}
