const FULL_FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const RELATIVE_FORMAT = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const TIME_UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `27 Nov 2026, 14:05:00` in the language and time zone of the browser. */
export function fullTime(ms: number): string {
  return Number.isFinite(ms) ? FULL_FORMAT.format(ms) : 'invalid time';
}

/** `3 minutes ago`, `in 2 days` */
export function relativeTime(ms: number, nowMs: number): string {
  const seconds = (ms - nowMs) / 1000;
  const [unit, size] = TIME_UNITS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
  return RELATIVE_FORMAT.format(Math.trunc(seconds / size), unit);
}

const RELATIVE_DAYS = 7;
const SAME_YEAR_FORMAT = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const OTHER_YEAR_FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** `3 minutes ago` within a week of now, else a date: `Oct 29, 14:03`, `Oct 29, 2024`. */
export function shortTime(ms: number, nowMs: number): string {
  if (!Number.isFinite(ms)) return 'invalid time';
  return Math.abs(ms - nowMs) < RELATIVE_DAYS * 86_400_000 ? relativeTime(ms, nowMs) : shortDate(ms, nowMs);
}

/** A date of the current year with its time, `Oct 29, 14:03`, or a date of another year: `Oct 29, 2024`. */
export function shortDate(ms: number, nowMs: number): string {
  if (!Number.isFinite(ms)) return 'invalid time';
  return new Date(ms).getFullYear() === new Date(nowMs).getFullYear()
    ? SAME_YEAR_FORMAT.format(ms)
    : OTHER_YEAR_FORMAT.format(ms);
}

/** Converts Unix seconds or a text in ISO 8601 to milliseconds. */
export function timeMs(value: string | number): number {
  return typeof value === 'number' ? value * 1000 : Date.parse(value);
}

/** `850 ms`, `1.2 s` */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * Seconds from `now` (Unix seconds) until the same day and time of the next month, or its last day if it is shorter.
 */
export function secondsUntilNextMonth(now: number): number {
  const from = new Date(now * 1000);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 2, 0)).getUTCDate();
  const to = new Date(now * 1000);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + 1);
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return (to.getTime() - from.getTime()) / 1000;
}
