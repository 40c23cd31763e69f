import { addIntervals, type Interval } from '../billing/periods.ts';

/** Seconds of the units that have a fixed length. */
const FIXED_UNITS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600 };
const CALENDAR_UNITS: readonly Interval['interval'][] = ['day', 'week', 'month', 'year'];
/** One part of a duration, such as `2 weeks` in `2 weeks, 3 days`. */
const DURATION_PART = /^(\d{1,9})\s{0,9}(second|minute|hour|day|week|month|year)s?(?:[\s,]{1,9}(?:and\s{1,9})?|$)/i;

/** Describes a valid duration, for error messages. */
export const DURATION_FORM = 'a duration such as "1 month", "36 hours" or "2 weeks 3 days", or seconds';

/**
 * Returns `start` plus a duration, in Unix seconds. Returns undefined if the text is not a duration. A month is a
 * calendar month in UTC, as for subscriptions: one month after January 31 is the last day of February.
 */
export function timeAfter(start: number, duration: string): number | undefined {
  let time = start;
  let rest = duration.trim();
  if (/^\d{1,12}$/.test(rest)) return start + Number(rest);
  if (rest === '') return undefined;
  while (rest !== '') {
    const [part, digits = '', name = ''] = DURATION_PART.exec(rest) ?? [];
    if (part === undefined) return undefined;
    const unit = name.toLowerCase();
    const calendarUnit = CALENDAR_UNITS.find((interval) => interval === unit);
    time =
      calendarUnit === undefined
        ? time + Number(digits) * (FIXED_UNITS[unit] ?? 0)
        : addIntervals(time, { interval: calendarUnit, count: Number(digits) });
    rest = rest.slice(part.length);
  }
  return Number.isFinite(time) ? time : undefined;
}
