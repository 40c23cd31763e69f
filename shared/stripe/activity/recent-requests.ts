import type { Priority, WaitReason } from '../call-context.ts';
import { CallCounts } from './call-counts.ts';
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
  /**
   * `ok`, the code of Stripe's error, or without a code `refused`, `lost` or `unsent` (see `StripeFailure`).
   * RATE_LIMITED if the call got no permit, so that nothing was sent.
   */
  readonly outcome: string;
  readonly requestId?: string | undefined;
  /** Milliseconds until Stripe's response. */
  readonly durationMs: number;
  /** Milliseconds of the waits for a permit and for an object that Stripe reported as locked. */
  readonly waitedMs: number;
  /** Milliseconds of the wait for a permit. */
  readonly permitWaitMs?: number | undefined;
  readonly priority: Priority;
  /** What the request waited for the longest. Absent if no wait was long enough to count (`MIN_WAIT_MS`). */
  readonly waitedFor?: WaitReason | undefined;
  /** Number of the attempt within its call, from 1. */
  readonly attempt: number;
}

/** The object at Stripe that an operation wrote, with its amount where it has one. */
export interface WrittenObject {
  readonly id: string;
  /** In the minor unit of `currency`. */
  readonly amount?: number | undefined;
  readonly currency?: string | undefined;
}

/**
 * The call of an operation, such as `PaymentIntent.Create`, and the object that the operation wrote, once Stripe has
 * returned it.
 */
export interface NamedOperation {
  readonly call: string;
  readonly object?: WrittenObject | undefined;
}

/** Number of requests that the console can show. Older ones are dropped. */
const MAX_RECENT_REQUESTS = 100;
/** Number of operations whose call and object are remembered. Older ones are dropped. */
const MAX_NAMED_OPERATIONS = 1000;

/** The last requests of one instance, in memory only. */
export class RecentRequests {
  /** Counts of the requests by second. */
  readonly rates = new RequestRates();
  /** Sums of the calls and requests, for the line that is logged at most once a minute. */
  readonly summary = new RequestSummary();
  /** Counts of the calls by outcome. */
  readonly calls = new CallCounts();
  private readonly last: RequestLogEntry[] = [];
  private added = 0;
  private readonly operations = new Map<string, NamedOperation>();

  add(entry: RequestLogEntry): void {
    this.rates.add({ ...entry, waitedMs: entry.permitWaitMs ?? entry.waitedMs });
    this.last[this.added % MAX_RECENT_REQUESTS] = entry;
    this.added += 1;
  }

  /**
   * Remembers the call and the object of an operation, for longer than the operation's requests. Without an `object`, the
   * object that an earlier call of this method stored is kept.
   */
  rememberOperation(operationId: string, { call, object }: NamedOperation): void {
    const before = this.operations.get(operationId);
    this.operations.delete(operationId);
    this.operations.set(operationId, { call, object: object ?? before?.object });
    for (const oldest of this.operations.keys()) {
      if (this.operations.size <= MAX_NAMED_OPERATIONS) return;
      this.operations.delete(oldest);
    }
  }

  /** Returns the call and the object of an operation. Undefined if this instance does not remember the operation. */
  operationOf(operationId: string): NamedOperation | undefined {
    return this.operations.get(operationId);
  }

  /** Returns the requests, newest first. */
  recent(): readonly RequestLogEntry[] {
    const newest = this.added % MAX_RECENT_REQUESTS;
    return [...this.last.slice(newest), ...this.last.slice(0, newest)].reverse();
  }
}

/** Maximum number of ids in memory. The oldest ids are dropped first. */
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
