import { isAmount, isTime } from '../../../catalog/overrides.ts';
import type { Scalar } from '../../../catalog/types.ts';
import { plainDecimal } from '../../../json/plain-decimal.ts';
import { WrittenNumber } from '../../../json/written-number.ts';

export type ReadScalar = { readonly value: unknown } | { readonly problem: string };

/** Where a scalar goes. */
export interface Destination {
  /** Stripe's name of the field: it says what the words of a problem are about. */
  readonly name: string;
  /** API v2 takes JSON; elsewhere every value becomes a text of a form. */
  readonly json: boolean;
}

const IN_A_FORM: Destination = { name: '', json: false };

/**
 * One scalar as Stripe takes it. Text that spells a number or a boolean is taken for it, because integrations pass
 * everything as text; nothing is rounded: `1500.0` is 1500, `1500.5` is an error.
 */
export function readScalar(kind: Scalar, value: unknown, to: Destination = IN_A_FORM): ReadScalar {
  switch (kind) {
    case 'integer':
      return integer(value, to.name);
    case 'number':
      return fraction(value, to.json);
    case 'decimal':
      return decimal(value);
    case 'boolean':
      return boolean(value);
    case 'string':
      return text(value);
    case 'json':
      return { value };
  }
}

/** A number of a JSON text as a plain one. */
export function plainNumber(value: unknown): unknown {
  return value instanceof WrittenNumber ? value.valueOf() : value;
}

function integer(value: unknown, name: string): ReadScalar {
  const spelt = typeof value === 'string' ? /^(-?\d{1,16})(?:\.0{1,9})?$/.exec(value)?.[1] : undefined;
  const number = spelt === undefined ? plainNumber(value) : Number(spelt);
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return { problem: integerWanted(name) };
  return { value: number === 0 ? 0 : number };
}

function integerWanted(name: string): string {
  if (isAmount(name)) return "must be a whole number (amounts are in the currency's minor unit)";
  if (isTime(name)) return 'must be a whole number: a time in seconds since 1970';
  return 'must be a whole number';
}

function fraction(value: unknown, json: boolean): ReadScalar {
  const spelt = typeof value === 'string' && /^-?\d{1,16}(\.\d{1,20})?$/.test(value) ? value : undefined;
  const number = spelt === undefined ? plainNumber(value) : Number(spelt);
  if (typeof number !== 'number' || !Number.isFinite(number) || isTooLarge(number))
    return { problem: 'must be a number' };
  const plain = plainDecimal(String(number));
  if (spelt !== undefined && plainDecimal(spelt) !== plain) return { problem: 'has more digits than a number keeps' };
  // In a form a number is its text, and Stripe reads no exponents: https://github.com/stripe/stripe-cli/issues/585
  if (!json && /e/.test(String(number))) return { value: plain };
  return { value: number === 0 ? 0 : number };
}

/** Of whole numbers beyond 2^53 the neighbours are the same. */
function isTooLarge(number: number): boolean {
  return Math.abs(number) > Number.MAX_SAFE_INTEGER;
}

function decimal(value: unknown): ReadScalar {
  if (typeof value === 'string' && /^-?\d{1,20}(\.\d{1,12})?$/.test(value))
    return { value: /^-[0.]+$/.test(value) ? value.slice(1) : value };
  const number = plainNumber(value);
  if (typeof number === 'number' && Number.isSafeInteger(number)) return { value: digitsOf(value, number) };
  return { problem: 'must be a decimal number as text, such as "12.5": a float would lose digits' };
}

function boolean(value: unknown): ReadScalar {
  if (value === true || value === 'true') return { value: true };
  if (value === false || value === 'false') return { value: false };
  return { problem: 'must be true or false' };
}

function text(value: unknown): ReadScalar {
  if (typeof value === 'string')
    return isWellFormed(value) ? { value } : { problem: 'holds half of a surrogate pair, which is no character' };
  if (typeof value === 'boolean') return { value: String(value) };
  const number = plainNumber(value);
  if (typeof number !== 'number' || !Number.isFinite(number)) return { problem: 'must be text' };
  if (isTooLarge(number)) return { problem: 'has more digits than a number keeps; write it as text, in quotes' };
  return { value: digitsOf(value, number) };
}

/** A number as a text: the digits that were written, without an exponent or a sign of nothing. */
function digitsOf(value: unknown, number: number): string {
  const written = value instanceof WrittenNumber ? value.text : String(number);
  return number === 0 || /e/i.test(written) ? plainDecimal(written) : written;
}

/** Whether a text can be written as UTF-8. */
export function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}
