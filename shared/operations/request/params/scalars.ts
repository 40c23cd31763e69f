import { isAmount, isTime } from '../../../catalog/field-meaning.ts';
import type { Scalar } from '../../../catalog/types.ts';
import { plainDecimal } from '../../../json/plain-decimal.ts';
import { WrittenNumber } from '../../../json/written-number.ts';

export type ReadScalar = { readonly value: unknown } | { readonly problem: string };

/** The field of a request that a scalar is sent in. */
export interface Destination {
  /** Stripe's name of the field, for the wording of errors. */
  readonly name: string;
  /** True for API v2, which uses JSON. In API v1 every value becomes text in a form. */
  readonly json: boolean;
}

const IN_A_FORM: Destination = { name: '', json: false };

/**
 * Converts one scalar to Stripe's type. A string with a number or boolean is accepted, because integrations often send
 * all values as strings. Numbers are never rounded: as an integer, `1500.0` is 1500 and `1500.5` is an error.
 */
export function readScalar(kind: Scalar, value: unknown, to: Destination = IN_A_FORM): ReadScalar {
  switch (kind) {
    case 'integer':
      return readInteger(value, to.name);
    case 'number':
      return readNumber(value, to.json);
    case 'decimal':
      return readDecimal(value);
    case 'boolean':
      return readBoolean(value);
    case 'string':
      return readText(value);
    case 'json':
      return { value };
  }
}

/** Converts a `WrittenNumber` to a plain number. */
export function plainNumber(value: unknown): unknown {
  return value instanceof WrittenNumber ? value.valueOf() : value;
}

function readInteger(value: unknown, name: string): ReadScalar {
  const digits = typeof value === 'string' ? /^(-?\d{1,16})(?:\.0{1,9})?$/.exec(value)?.[1] : undefined;
  const number = digits === undefined ? plainNumber(value) : Number(digits);
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return { problem: integerProblem(name) };
  // A negative zero becomes 0.
  return { value: number === 0 ? 0 : number };
}

function integerProblem(name: string): string {
  if (isAmount(name)) return "must be an integer (amounts are in the currency's minor unit)";
  if (isTime(name)) return 'must be an integer, the time in seconds since 1970';
  return 'must be an integer';
}

function readNumber(value: unknown, json: boolean): ReadScalar {
  const digits = typeof value === 'string' && /^-?\d{1,16}(\.\d{1,20})?$/.test(value) ? value : undefined;
  const number = digits === undefined ? plainNumber(value) : Number(digits);
  if (typeof number !== 'number' || !Number.isFinite(number) || isTooLarge(number))
    return { problem: 'must be a number' };
  const plain = plainDecimal(String(number));
  if (digits !== undefined && plainDecimal(digits) !== plain)
    return { problem: 'has more digits than a number can hold' };
  // A form sends the number's text, and Stripe does not parse exponents:
  // https://github.com/stripe/stripe-cli/issues/585
  if (!json && /e/.test(String(number))) return { value: plain };
  // A negative zero becomes 0.
  return { value: number === 0 ? 0 : number };
}

/** Returns whether a number is beyond the integers that a double holds exactly, which end at 2^53 - 1. */
function isTooLarge(number: number): boolean {
  return Math.abs(number) > Number.MAX_SAFE_INTEGER;
}

function readDecimal(value: unknown): ReadScalar {
  // A zero loses its minus sign. Other digits are not changed.
  if (typeof value === 'string' && /^-?\d{1,20}(\.\d{1,12})?$/.test(value))
    return { value: /^-[0.]+$/.test(value) ? value.slice(1) : value };
  const number = plainNumber(value);
  if (typeof number === 'number' && Number.isSafeInteger(number)) return { value: formatNumber(value, number) };
  return { problem: 'must be a decimal number as a string, such as "12.5", because a float would lose digits' };
}

function readBoolean(value: unknown): ReadScalar {
  if (value === true || value === 'true') return { value: true };
  if (value === false || value === 'false') return { value: false };
  return { problem: 'must be true or false' };
}

function readText(value: unknown): ReadScalar {
  if (typeof value === 'string')
    return isWellFormed(value) ? { value } : { problem: 'has a lone surrogate, which is not a valid character' };
  if (typeof value === 'boolean') return { value: String(value) };
  const number = plainNumber(value);
  if (typeof number !== 'number' || !Number.isFinite(number)) return { problem: 'must be a string' };
  if (isTooLarge(number)) return { problem: 'has more digits than a number can hold; send it as a string' };
  return { value: formatNumber(value, number) };
}

/** Formats a number with the digits of the input, without an exponent or a negative zero. */
function formatNumber(value: unknown, number: number): string {
  const digits = value instanceof WrittenNumber ? value.text : String(number);
  return number === 0 || /e/i.test(digits) ? plainDecimal(digits) : digits;
}

/** Returns whether a text can be encoded as UTF-8. */
export function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}
