/**
 * How a call of the connector ended. `rejected`: a limit of the connection or of Stripe stopped it. `unknown`: it may
 * have taken effect.
 */
export type CallOutcome = 'succeeded' | 'failed' | 'rejected' | 'unknown';

/** Calls since midnight UTC, or since the start of the instance if it started later. */
export interface CallTotals extends Readonly<Record<CallOutcome, number>> {
  /** Days since 1970. */
  readonly day: number;
}

/** Counts the calls of one instance by their outcome. In memory only. */
export class CallCounts {
  private totals: CallTotals = noCalls(0);

  add(atMs: number, outcome: CallOutcome): void {
    const totals = this.totalsOfDay(atMs);
    this.totals = { ...totals, [outcome]: totals[outcome] + 1 };
  }

  /** Returns the totals of the day that contains a time (milliseconds since 1970). */
  totalsOfDay(atMs: number): CallTotals {
    const day = Math.floor(atMs / 86_400_000);
    return this.totals.day === day ? this.totals : noCalls(day);
  }
}

function noCalls(day: number): CallTotals {
  return { day, succeeded: 0, failed: 0, rejected: 0, unknown: 0 };
}
