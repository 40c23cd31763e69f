import type { Priority, WaitReason } from '../call-context.ts';
import { RequestRates } from './request-rates.ts';
import { RequestSummary } from './request-summary.ts';

/** One request to Stripe for the console, without its input and response. */
export interface RequestLogEntry {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** `Customer.List`, `ConfirmPaymentIntent` */
  readonly call: string;
  readonly method: string;
  readonly path: string;
  /** `ok`, Stripe's code, `lost` or `unsent`; RATE_LIMITED if the call got no permit and nothing was sent. */
  readonly outcome: string;
  readonly requestId?: string | undefined;
  /** Milliseconds until Stripe's response. */
  readonly durationMs: number;
  /** Milliseconds of the wait for a permit. */
  readonly waitedMs: number;
  readonly priority: Priority;
  /** Absent if the request did not wait for a permit. */
  readonly waitedFor?: WaitReason | undefined;
  /** Number of the attempt within its call, from 1. */
  readonly attempt: number;
}

/** Maximum number of requests. */
const MAX_RECENT_REQUESTS = 100;

/** The last requests of one instance, in memory only. */
export class RecentRequests {
  /** Counts of the requests by second. */
  readonly rates = new RequestRates();
  /** Sums of the requests, for the line that is logged once a minute. */
  readonly summary = new RequestSummary();
  private readonly last: RequestLogEntry[] = [];
  private added = 0;

  add(entry: RequestLogEntry): void {
    this.rates.add(entry);
    this.last[this.added % MAX_RECENT_REQUESTS] = entry;
    this.added += 1;
  }

  /** Returns the requests, newest first. */
  recent(): readonly RequestLogEntry[] {
    const newest = this.added % MAX_RECENT_REQUESTS;
    return [...this.last.slice(newest), ...this.last.slice(0, newest)].reverse();
  }
}

/** Maximum number of ids. */
const MAX_RECENT_IDS = 4096;

/** The latest ids that one instance added. */
export class RecentIds {
  private readonly ids = new Set<string>();

  has(id: string): boolean {
    return this.ids.has(id);
  }

  add(id: string): void {
    this.ids.add(id);
    // A set keeps the order of insertion: the first is the oldest.
    for (const oldest of this.ids) {
      if (this.ids.size <= MAX_RECENT_IDS) return;
      this.ids.delete(oldest);
    }
  }
}
