import type { Operator } from './ast.ts';
import type { Column } from './columns.ts';

/** A value that can be compared: text by code point, everything that counts as a number or an exact decimal. */
export type Comparable = string | number | boolean | Decimal;

/** units x 10^-scale, exactly. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** What a clause writes as a column's value, or what is wrong with it. */
export function readLiteral(
  column: Column,
  text: string,
  operator: Operator = '=',
): { value: Comparable } | { problem: string } {
  switch (column.kind) {
    case 'text':
    case 'json':
      return { value: text };
    case 'enum':
      return (column.open === true && !column.isResponseField) || column.values?.includes(text) === true
        ? { value: text }
        : { problem: `must be one of ${(column.values ?? []).slice(0, 40).join(', ')}` };
    case 'boolean':
      return text === 'true' || text === 'false' ? { value: text === 'true' } : { problem: 'must be true or false' };
    case 'integer':
      return integer(text) ?? { problem: 'must be a whole number' };
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? { value: Number(text) } : { problem: 'must be a number' };
    case 'decimal': {
      const value = decimal(text);
      return value === undefined ? { problem: 'must be a decimal number' } : { value };
    }
    case 'seconds':
      return unixSeconds(text) ?? secondsOf(text, operator);
    case 'instant': {
      const value = instant(text);
      // Not every text that is named like a time is one (`HoursStartTime`): those that are for certain take no other.
      if (value === undefined && isMoment(column.path.at(-1) ?? '')) return { problem: TIME_PROBLEM };
      return { value: value ?? text };
    }
  }
}

function integer(text: string): { value: number } | undefined {
  const whole = /^(-?\d{1,16})(?:\.0{1,9})?$/.exec(text)?.[1];
  const value = Number(whole);
  return whole !== undefined && Number.isSafeInteger(value) ? { value } : undefined;
}

/**
 * Unix seconds have nine or ten digits from 1973 to 2286. A year, `202611`, `20261101` and milliseconds are none; up to
 * three digits are the first minutes of 1970, where "since ever" is often written as 0 or 1.
 */
const UNIX_SECONDS = /^-?(?:\d{1,3}|\d{9,10})(?:\.0{1,9})?$/;

function unixSeconds(text: string): { value: number } | undefined {
  return UNIX_SECONDS.test(text) ? integer(text) : undefined;
}

const TIME_PROBLEM =
  'must be a time: Unix seconds, or ISO 8601 such as 2026-05-01 or 2026-05-01T12:00:00Z (UTC where no zone is named)';

/** Texts of API v2 that are moments, by Stripe's naming. */
function isMoment(name: string): boolean {
  return /^created$|_at$/.test(name);
}

/**
 * Whole Unix seconds of an ISO 8601 text. A fraction of a second stands between two whole ones: each operator takes the
 * one that leaves the same rows.
 */
function secondsOf(text: string, operator: Operator): { value: number } | { problem: string } {
  const instant = iso(text);
  if (instant === undefined) return { problem: TIME_PROBLEM };
  const { seconds, fraction } = instant;
  if (!fraction) return { value: seconds };
  if (operator === '>=' || operator === '<') return { value: seconds + 1 };
  if (operator === '<=' || operator === '>') return { value: seconds };
  return { problem: `is a time in whole seconds: with a fraction it takes < <= > >=, not ${operator}` };
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

interface Instant {
  readonly seconds: number;
  readonly milliseconds: number;
  /** Whether it lies between two whole seconds. */
  readonly fraction: boolean;
}

/** An ISO 8601 text; undefined where it is none, or no day of the calendar. */
function iso(text: string): Instant | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '00:00', second = '00', digits = '', zone = 'Z'] = match;
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const seconds = Date.parse(`${day}T${time}:${second}${offset}`) / 1000;
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  if (Number.isNaN(seconds) || date < 1 || date > daysOf(year, month)) return undefined;
  const milliseconds = seconds * 1000 + Number(digits.padEnd(3, '0').slice(0, 3));
  return { seconds, milliseconds, fraction: /[1-9]/.test(digits) };
}

/** Milliseconds since 1970, of ISO 8601 or of Unix seconds. */
function instant(text: string): number | undefined {
  const seconds = unixSeconds(text)?.value;
  return seconds === undefined ? iso(text)?.milliseconds : seconds * 1000;
}

function daysOf(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function decimal(text: string): Decimal | undefined {
  const match = /^(-?\d{1,20})(?:\.(\d{1,20}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** What an object carries in a column, ready to compare; undefined for null, absent, or of another type. */
export function coerceValue(column: Column, stored: unknown): Comparable | undefined {
  if (stored === null || stored === undefined) return undefined;
  switch (column.kind) {
    case 'text':
    case 'enum':
      return typeof stored === 'object' ? idOf(stored) : String(stored);
    case 'json':
      return typeof stored === 'string' ? stored : JSON.stringify(stored);
    case 'boolean':
      return typeof stored === 'boolean' ? stored : undefined;
    case 'integer':
    case 'number':
    case 'seconds':
      return typeof stored === 'number' ? stored : undefined;
    case 'decimal':
      return decimal(String(stored));
    case 'instant':
      return typeof stored === 'string' ? (instant(stored) ?? stored) : undefined;
  }
}

/** An expanded reference counts as its id. */
function idOf(object: object): string | undefined {
  return 'id' in object && typeof object.id === 'string' ? object.id : undefined;
}

/** Negative, zero or positive; undefined where the two cannot be compared. */
export function compare(a: Comparable, b: Comparable): number | undefined {
  if (typeof a === 'object' && typeof b === 'object') {
    const scale = Math.max(a.scale, b.scale);
    const difference = scaled(a, scale) - scaled(b, scale);
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }
  if (typeof a !== typeof b || typeof a === 'object' || typeof b === 'object') return undefined;
  return a === b ? 0 : a < b ? -1 : 1;
}

function scaled({ units, scale }: Decimal, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}
