import { addIntervals, type Interval } from '../billing/periods.ts';

/** Seconds of the units that have a fixed length. */
const FIXED_UNITS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600 };
const CALENDAR_UNITS: readonly Interval['interval'][] = ['day', 'week', 'month', 'year'];
const ONE_PART = /^(\d{1,9})\s*(second|minute|hour|day|week|month|year)s?(?:\s*,?\s*(?:and\s+)?|$)/i;

/** How a duration is written, for messages. */
export const DURATION_FORM = 'a duration such as "1 month", "36 hours" or "2 weeks 3 days", or seconds';

/**
 * Returns the time that is a duration later, in Unix seconds. Months are those of the calendar in UTC, as a subscription
 * counts them: a month after January 31 is the last day of February. Undefined for a text that is no duration.
 */
export function timeAfter(start: number, duration: string): number | undefined {
  if (/^\s*\d{1,12}\s*$/.test(duration)) return start + Number(duration);
  let time = start;
  let rest = duration.trim();
  if (rest === '') return undefined;
  while (rest !== '') {
    const [part, digits = '', name = ''] = ONE_PART.exec(rest) ?? [];
    if (part === undefined) return undefined;
    const unit = name.toLowerCase();
    const calendar = CALENDAR_UNITS.find((interval) => interval === unit);
    time =
      calendar === undefined
        ? time + Number(digits) * (FIXED_UNITS[unit] ?? 0)
        : addIntervals(time, { interval: calendar, count: Number(digits) });
    rest = rest.slice(part.length);
  }
  return Number.isFinite(time) ? time : undefined;
}
