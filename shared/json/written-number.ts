import { plainDecimal } from './plain-decimal.ts';

/**
 * A JSON number that JavaScript would format differently: `1.10`, `1500.0`, `1e3`, `-0`. Its digits matter where the
 * connector needs text. It is a Number object, so JSON.stringify writes a number.
 */
export class WrittenNumber extends Number {
  readonly #text: string;

  constructor(text: string) {
    super(text);
    this.#text = text;
  }

  /** The number's text in the input. */
  get text(): string {
    return this.#text;
  }
}

/** Returns whether a value is a JSON object: not an array and not a `WrittenNumber`. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Number);
}

/** Serializes a value to JSON. Each number keeps the digits of the input. */
export function exactText(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((value) => exactText(value ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const tree = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(tree).filter((name) => tree[name] !== undefined);
  return `{${names.map((name) => `${JSON.stringify(name)}:${exactText(tree[name])}`).join(',')}}`;
}

/** Returns the value with plain numbers at all levels. */
export function plainNumbers(value: unknown): unknown {
  return eachNumber(value, (number) => number);
}

/** Like `plainNumbers`, for a form, where a number is text and must not have an exponent. */
export function formNumbers(value: unknown): unknown {
  return eachNumber(value, (number) => (/e/.test(String(number)) ? plainDecimal(String(number)) : number));
}

function eachNumber(value: unknown, change: (number: number) => unknown): unknown {
  if (value instanceof WrittenNumber) return change(value.valueOf());
  if (typeof value === 'number') return change(value);
  if (Array.isArray(value)) return value.map((value) => eachNumber(value, change));
  if (typeof value !== 'object' || value === null) return value;
  const tree = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.keys(tree).map((key) => [key, eachNumber(tree[key], change)]));
}
