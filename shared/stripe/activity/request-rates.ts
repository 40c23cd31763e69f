import type { Priority } from '../call-context.ts';
import type { RequestLogEntry } from './recent-requests.ts';

/** The requests of one second, for the console's graph of the limit. */
export interface RateSecond {
  /** Seconds since 1970. */
  readonly at: number;
  /** Attempts that got a permit, by their class. An attempt that then failed to connect is included. */
  readonly sent: Readonly<Record<Priority, number>>;
  /** Calls that got no permit in time: the caller received 429. */
  readonly rejected: number;
  /** Requests that Stripe answered with its own 429. */
  readonly throttled: number;
  /** The longest wait for a permit, milliseconds. */
  readonly waitedMs: number;
}

/** Requests since midnight UTC, or since the start of the instance if it started later. */
export interface DayTotals {
  /** Days since 1970. */
  readonly day: number;
  readonly sent: number;
  /** Attempts that got a permit but no success of Stripe. */
  readonly failed: number;
  /** Calls that got no permit in time. */
  readonly rejected: number;
}

/** Number of seconds with requests for which counts are kept: ten minutes if every second has requests. */
const MAX_SECONDS = 600;

/** Counts the requests of one instance by second. In memory only. */
export class RequestRates {
  private readonly seconds = new Map<number, RateSecond>();
  private totals: DayTotals = { day: 0, sent: 0, failed: 0, rejected: 0 };

  /** Counts a request, or a call that got no permit, in its second and in its day. */
  add(entry: Pick<RequestLogEntry, 'atMs' | 'durationMs' | 'outcome' | 'priority' | 'waitedMs'>): void {
    const rejected = entry.outcome === 'RATE_LIMITED';
    const totals = this.totalsOfDay(entry.atMs);
    this.totals = {
      day: totals.day,
      sent: totals.sent + Number(!rejected),
      failed: totals.failed + Number(!rejected && entry.outcome !== 'ok'),
      rejected: totals.rejected + Number(rejected),
    };
    // The second in which the request was sent. `atMs` is the time of the response.
    const at = Math.floor((entry.atMs - entry.durationMs) / 1000);
    const second = this.seconds.get(at) ?? {
      at,
      sent: { interactive: 0, read: 0, bulk: 0 },
      rejected: 0,
      throttled: 0,
      waitedMs: 0,
    };
    const { [entry.priority]: sent } = second.sent;
    this.seconds.set(at, {
      at,
      sent: rejected ? second.sent : { ...second.sent, [entry.priority]: sent + 1 },
      rejected: second.rejected + Number(rejected),
      throttled: second.throttled + Number(entry.outcome === 'rate_limit'),
      waitedMs: Math.max(second.waitedMs, entry.waitedMs),
    });
    for (const oldest of this.seconds.keys()) {
      if (this.seconds.size <= MAX_SECONDS) break;
      this.seconds.delete(oldest);
    }
  }

  /** Returns the totals of the day that contains a time (milliseconds since 1970). */
  totalsOfDay(atMs: number): DayTotals {
    const day = Math.floor(atMs / 86_400_000);
    return this.totals.day === day ? this.totals : { day, sent: 0, failed: 0, rejected: 0 };
  }

  /** Returns the seconds with requests since a time (seconds since 1970), the earliest first. */
  since(from: number): readonly RateSecond[] {
    return [...this.seconds.values()].filter(({ at }) => at >= from).sort((a, b) => a.at - b.at);
  }
}
