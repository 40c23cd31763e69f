/** Periods of subscriptions in UTC. https://docs.stripe.com/billing/subscriptions/billing-cycle */
import { DAY } from '../seconds.ts';

export interface Interval {
  readonly interval: 'day' | 'week' | 'month' | 'year';
  readonly count: number;
}

/** Unix seconds, some intervals after an anchor: in a month without the anchor's day, the last day of that month. */
export function after(anchor: number, { interval, count }: Interval, times = 1): number {
  const steps = count * times;
  if (interval === 'day') return anchor + steps * DAY;
  if (interval === 'week') return anchor + steps * 7 * DAY;
  const from = new Date(anchor * 1000);
  const months = from.getUTCMonth() + (interval === 'year' ? 12 : 1) * steps;
  const last = new Date(Date.UTC(from.getUTCFullYear(), months + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), last);
  const time = anchor % DAY;
  return Date.UTC(from.getUTCFullYear(), months, day) / 1000 + time;
}

/** The first end of a period of an anchor that lies after a moment. */
export function endAfter(anchor: number, interval: Interval, moment: number): number {
  if (anchor > moment) return anchor;
  let times = Math.max(0, Math.floor((moment - anchor) / (after(anchor, interval) - anchor)) - 1);
  while (after(anchor, interval, times) <= moment) times += 1;
  return after(anchor, interval, times);
}
