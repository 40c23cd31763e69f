/** Periods of subscriptions in UTC. https://docs.stripe.com/billing/subscriptions/billing-cycle */
import { DAY } from '../seconds.ts';

export interface Interval {
  readonly interval: 'day' | 'week' | 'month' | 'year';
  readonly count: number;
}

/**
 * Adds intervals to a time in Unix seconds. If the resulting month does not have the day of the anchor, the result is the
 * last day of that month.
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

/** Returns the end of the period that contains a moment. The periods are counted from an anchor. */
export function nextPeriodEnd(anchor: number, interval: Interval, moment: number): number {
  if (anchor > moment) return anchor;
  let times = Math.max(0, Math.floor((moment - anchor) / (addIntervals(anchor, interval) - anchor)) - 1);
  while (addIntervals(anchor, interval, times) <= moment) times += 1;
  return addIntervals(anchor, interval, times);
}
