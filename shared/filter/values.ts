import type { Column } from './columns.ts';

/** A value that can be compared: text by code point, everything that counts as a number or an exact decimal. */
export type Comparable = string | number | boolean | Decimal;

/** units x 10^-scale, exactly. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** What a clause writes as a column's value, or what is wrong with it. */
export function readLiteral(column: Column, text: string): { value: Comparable } | { problem: string } {
  switch (column.kind) {
    case 'text':
    case 'json':
      return { value: text };
    case 'enum':
      return column.values?.includes(text) === true
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
      return integer(text) ?? wholeSeconds(text);
    case 'instant': {
      const value = instant(text);
      // Not every text that is named like a time is one.
      return { value: value ?? text };
    }
  }
}

function integer(text: string): { value: number } | undefined {
  const whole = /^(-?\d{1,16})(?:\.0{1,9})?$/.exec(text)?.[1];
  const value = Number(whole);
  return whole !== undefined && Number.isSafeInteger(value) ? { value } : undefined;
}

function wholeSeconds(text: string): { value: number } | { problem: string } {
  const milliseconds = instant(text);
  return milliseconds !== undefined && milliseconds % 1000 === 0
    ? { value: milliseconds / 1000 }
    : {
        problem:
          'must be a time: whole Unix seconds, or ISO 8601 such as 2026-05-01 or 2026-05-01T12:00:00Z (UTC where no zone is named)',
      };
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Milliseconds since 1970 of an ISO 8601 text; undefined where it is none, or no day of the calendar. */
function instant(text: string): number | undefined {
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const utc = text.includes('T') && found[1] === undefined ? `${text}Z` : text;
  const milliseconds = Date.parse(utc);
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const real = day >= 1 && day <= daysOf(year, month);
  return Number.isNaN(milliseconds) || !real ? undefined : milliseconds;
}

function daysOf(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function decimal(text: string): Decimal | undefined {
  const found = /^(-?\d{1,20})(?:\.(\d{1,20}))?$/.exec(text);
  if (found === null) return undefined;
  const [, whole = '', fraction = ''] = found;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** What an object carries in a column, ready to compare; undefined for null, absent, or of another type. */
export function readStored(column: Column, stored: unknown): Comparable | undefined {
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
