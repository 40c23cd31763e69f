import { plainDecimal } from './plain-decimal.ts';

/**
 * A JSON number that JavaScript formats differently from its text: `1.10`, `1500.0`, `1e3`, `-0`. It keeps the text,
 * because Stripe accepts some numbers as decimal strings, in which `1.10` must stay `1.10`. `JSON.stringify` writes the
 * plain number, because this class extends Number.
 */
export class WrittenNumber extends Number {
  readonly #text: string;

  constructor(text: string) {
    super(text);
    this.#text = text;
  }

  /** The digits as they are in the input. */
  get text(): string {
    return this.#text;
  }
}

/** Returns whether a value is a JSON object: not null, an array or a `WrittenNumber`. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Number);
}

/** Serializes a value to JSON. A `WrittenNumber` is written with the digits of the input, such as `1.10`. */
export function exactText(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((value) => exactText(value ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(object).filter((name) => object[name] !== undefined);
  return `{${names.map((name) => `${JSON.stringify(name)}:${exactText(object[name])}`).join(',')}}`;
}

/** Returns a copy in which each `WrittenNumber`, at any depth, is a plain number. */
export function plainNumbers(value: unknown): unknown {
  return mapNumbers(value, (number) => number);
}

/**
 * Like `plainNumbers`, for the body of a form. In a form, a number is text and must not have an exponent, so a number
 * with an exponent becomes a plain decimal.
 */
export function formNumbers(value: unknown): unknown {
  return mapNumbers(value, (number) => (/e/.test(String(number)) ? plainDecimal(String(number)) : number));
}

/** Returns a copy of a value in which each number, at any depth, is replaced by the result of `change`. */
function mapNumbers(value: unknown, change: (number: number) => unknown): unknown {
  if (value instanceof WrittenNumber) return change(value.valueOf());
  if (typeof value === 'number') return change(value);
  if (Array.isArray(value)) return value.map((value) => mapNumbers(value, change));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.keys(object).map((key) => [key, mapNumbers(object[key], change)]));
}
