import type { LogFields } from '../../ports/log.ts';
import type { RequestLogEntry } from './recent-requests.ts';

/** Minimum time between two lines, because Cloud Monitoring keeps one point of a metric per minute. */
const SUMMARY_MS = 60_000;

interface Counts {
  /** Monotonic milliseconds of the first call or request that was counted. */
  readonly sinceMs: number;
  calls: number;
  callMs: number;
  sent: number;
  rejected: number;
  throttled: number;
  stripeMs: number;
  longestWaitMs: number;
}

/**
 * Sums the calls and the requests of one instance for a line that is logged at most once a minute, at every verbosity.
 * The metrics of the dashboard are extracted from these lines. A line for each request would cost more than the
 * request. In memory only.
 */
export class RequestSummary {
  private counts: Counts | undefined;

  /** Counts a call of a function. `durationMs` is the time from its request to its response. */
  addCall(nowMs: number, durationMs: number): void {
    const counts = this.countsAt(nowMs);
    counts.calls += 1;
    counts.callMs += durationMs;
  }

  /** Counts an attempt to send a request to Stripe. */
  add(nowMs: number, entry: Pick<RequestLogEntry, 'durationMs' | 'outcome' | 'waitedMs'>): void {
    const counts = this.countsAt(nowMs);
    const rejected = entry.outcome === 'RATE_LIMITED';
    counts.rejected += Number(rejected);
    counts.sent += Number(!rejected);
    counts.throttled += Number(entry.outcome === 'rate_limit');
    counts.stripeMs += entry.durationMs;
    counts.longestWaitMs = Math.max(counts.longestWaitMs, entry.waitedMs);
  }

  /**
   * Returns the fields of the next line and resets the counts, if a minute has passed since the first call or request
   * that was counted. `addedMs` is the time that the connector added to one call on average: the call's duration
   * without the time of Stripe's responses.
   */
  take(nowMs: number): LogFields | undefined {
    const { counts } = this;
    if (counts === undefined || nowMs - counts.sinceMs < SUMMARY_MS) return undefined;
    this.counts = undefined;
    const { calls, callMs, sent, rejected, throttled, stripeMs, longestWaitMs } = counts;
    return {
      seconds: Math.round((nowMs - counts.sinceMs) / 1000),
      calls,
      sent,
      rejected,
      throttled,
      addedMs: calls === 0 ? undefined : Math.round(Math.max(0, callMs - stripeMs) / calls),
      stripeMs: sent === 0 ? undefined : Math.round(stripeMs / sent),
      longestWaitMs: Math.round(longestWaitMs),
    };
  }

  private countsAt(nowMs: number): Counts {
    this.counts ??= {
      sinceMs: nowMs,
      calls: 0,
      callMs: 0,
      sent: 0,
      rejected: 0,
      throttled: 0,
      stripeMs: 0,
      longestWaitMs: 0,
    };
    return this.counts;
  }
}
