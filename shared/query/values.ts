import type { Operator } from './syntax/ast.ts';
import type { Column } from './columns.ts';

/** A value that can be compared: a text (compared by UTF-16 code units), a number, a boolean or an exact decimal. */
export type Comparable = string | number | boolean | Decimal;

/** An exact decimal number: `units / 10 ** scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Parses a literal of a clause for a column, or returns what is wrong with it. */
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
      return parseInteger(text) ?? { problem: 'must be an integer' };
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? { value: Number(text) } : { problem: 'must be a number' };
    case 'decimal': {
      const value = parseDecimal(text);
      return value === undefined ? { problem: 'must be a decimal number' } : { value };
    }
    case 'seconds':
      return parseUnixSeconds(text) ?? parseSeconds(text, operator);
    case 'instant': {
      const value = parseInstantMs(text);
      // A column whose name suggests a time may contain other text (`HoursStartTime`). Only `created` and names with
      // `_at` at the end are certain to be times.
      if (value === undefined && isCertainTimeName(column.path.at(-1) ?? '')) return { problem: TIME_PROBLEM };
      return { value: value ?? text };
    }
  }
}

function parseInteger(text: string): { value: number } | undefined {
  const digits = /^(-?\d{1,16})(?:\.0{1,9})?$/.exec(text)?.[1];
  const value = Number(digits);
  return digits !== undefined && Number.isSafeInteger(value) ? { value } : undefined;
}

/**
 * Unix seconds have nine or ten digits from 1973 to 2286. A year, `202611`, `20261101` and milliseconds do not match. Up
 * to three digits match, because 0 or 1 is often used for the beginning of time.
 */
const UNIX_SECONDS = /^-?(?:\d{1,3}|\d{9,10})(?:\.0{1,9})?$/;

function parseUnixSeconds(text: string): { value: number } | undefined {
  return UNIX_SECONDS.test(text) ? parseInteger(text) : undefined;
}

const TIME_PROBLEM =
  'must be a time: Unix seconds, or ISO 8601 such as 2026-05-01 or 2026-05-01T12:00:00Z (UTC without a zone)';

/** Returns whether a string field of API v2 is a time, judged by its name alone. */
function isCertainTimeName(name: string): boolean {
  return /^created$|_at$/.test(name);
}

/**
 * Returns the Unix seconds of an ISO 8601 text. For a time between two seconds it returns the second with which the
 * operator selects the same rows, or a problem if the operator is not `<`, `<=`, `>` or `>=`.
 */
function parseSeconds(text: string, operator: Operator): { value: number } | { problem: string } {
  const instant = parseIso(text);
  if (instant === undefined) return { problem: TIME_PROBLEM };
  const { seconds, hasFraction } = instant;
  if (!hasFraction) return { value: seconds };
  if (operator === '>=' || operator === '<') return { value: seconds + 1 };
  if (operator === '<=' || operator === '>') return { value: seconds };
  return { problem: `is a time in whole seconds and supports a fraction only with < <= > >=, not with ${operator}` };
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

interface Instant {
  readonly seconds: number;
  readonly milliseconds: number;
  /** True if the time lies between two whole seconds. */
  readonly hasFraction: boolean;
}

/** Parses an ISO 8601 text. Undefined if it is invalid or not a calendar day. */
function parseIso(text: string): Instant | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '00:00', second = '00', digits = '', zone = 'Z'] = match;
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const seconds = Date.parse(`${day}T${time}:${second}${offset}`) / 1000;
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  if (Number.isNaN(seconds) || date < 1 || date > daysInMonth(year, month)) return undefined;
  const milliseconds = seconds * 1000 + Number(digits.padEnd(3, '0').slice(0, 3));
  return { seconds, milliseconds, hasFraction: /[1-9]/.test(digits) };
}

/** Returns the milliseconds since 1970 of an ISO 8601 text or of Unix seconds. */
function parseInstantMs(text: string): number | undefined {
  const seconds = parseUnixSeconds(text)?.value;
  return seconds === undefined ? parseIso(text)?.milliseconds : seconds * 1000;
}

function daysInMonth(year: number, month: number): number {
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return isLeapYear ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function parseDecimal(text: string): Decimal | undefined {
  const match = /^(-?\d{1,20})(?:\.(\d{1,20}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** Converts a field of an object for comparison. Undefined for null, absent, or another type. */
export function coerceValue(column: Column, stored: unknown): Comparable | undefined {
  if (stored === null || stored === undefined) return undefined;
  switch (column.kind) {
    case 'text':
    case 'enum':
      return typeof stored === 'object' ? objectId(stored) : String(stored);
    case 'json':
      return typeof stored === 'string' ? stored : JSON.stringify(stored);
    case 'boolean':
      return typeof stored === 'boolean' ? stored : undefined;
    case 'integer':
    case 'number':
    case 'seconds':
      return typeof stored === 'number' ? stored : undefined;
    case 'decimal':
      return parseDecimal(String(stored));
    case 'instant':
      return typeof stored === 'string' ? (parseInstantMs(stored) ?? stored) : undefined;
  }
}

/** Returns the id of an expanded reference. */
function objectId(object: object): string | undefined {
  return 'id' in object && typeof object.id === 'string' ? object.id : undefined;
}

/** Returns -1 if `a` is less than `b`, 0 if they are equal, else 1. Undefined if the two cannot be compared. */
export function compare(a: Comparable, b: Comparable): number | undefined {
  if (typeof a === 'object' && typeof b === 'object') {
    const scale = Math.max(a.scale, b.scale);
    const difference = scaled(a, scale) - scaled(b, scale);
    if (difference === 0n) return 0;
    return difference < 0n ? -1 : 1;
  }
  if (typeof a !== typeof b || typeof a === 'object' || typeof b === 'object') return undefined;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function scaled({ units, scale }: Decimal, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}
