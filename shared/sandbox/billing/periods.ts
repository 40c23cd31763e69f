/** Calculates the periods of subscriptions, in UTC. https://docs.stripe.com/billing/subscriptions/billing-cycle */
import { DAY } from '../seconds.ts';

export interface Interval {
  readonly interval: 'day' | 'week' | 'month' | 'year';
  readonly count: number;
}

/**
 * Returns the time that is `times` intervals after `anchor`, in Unix seconds. If the resulting month has no such day,
 * this is the last day of the month: one month after January 31 is the last day of February.
 */
export function addIntervals(anchor: number, { interval, count }: Interval, times = 1): number {
  const totalCount = count * times;
  if (interval === 'day') return anchor + totalCount * DAY;
  if (interval === 'week') return anchor + totalCount * 7 * DAY;
  const from = new Date(anchor * 1000);
  const months = from.getUTCMonth() + (interval === 'year' ? 12 : 1) * totalCount;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), months + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  const timeOfDay = anchor % DAY;
  return Date.UTC(from.getUTCFullYear(), months, day) / 1000 + timeOfDay;
}

/** Maximum length of each interval in days. */
const MAX_INTERVAL_DAYS: Readonly<Record<Interval['interval'], number>> = { day: 1, week: 7, month: 31, year: 366 };

/**
 * Returns the end of the period that contains `moment`. The first period begins at `anchor`. If `moment` is before
 * `anchor`, returns `anchor`.
 */
export function nextPeriodEnd(anchor: number, interval: Interval, moment: number): number {
  if (anchor > moment) return anchor;
  // The loop begins with a number that is not too large, because no interval is longer than `MAX_INTERVAL_DAYS`.
  let times = Math.floor((moment - anchor) / (MAX_INTERVAL_DAYS[interval.interval] * interval.count * DAY));
  while (addIntervals(anchor, interval, times) <= moment) times += 1;
  return addIntervals(anchor, interval, times);
}
