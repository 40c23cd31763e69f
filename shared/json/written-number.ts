import { plainDecimal } from './plain-decimal.ts';

/**
 * A number of a JSON text that JavaScript writes in another way: `1.10`, `1500.0`, `1e3`, `-0`. Where a text is wanted, its
 * digits count. It is a number object, so that JSON of it is the number.
 */
export class WrittenNumber extends Number {
  readonly #text: string;

  constructor(text: string) {
    super(text);
    this.#text = text;
  }

  /** As it was written. */
  get text(): string {
    return this.#text;
  }
}

/** Whether a value is an object of JSON: no list, and no number, which may be an object of JavaScript's. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Number);
}

/** JSON of a value, every number with the digits that it was written with. */
export function exactText(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((value) => exactText(value ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const tree = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(tree).filter((name) => tree[name] !== undefined);
  return `{${names.map((name) => `${JSON.stringify(name)}:${exactText(tree[name])}`).join(',')}}`;
}

/** The value with plain numbers, all the way down. */
export function plainNumbers(value: unknown): unknown {
  return eachNumber(value, (number) => number);
}

/** The same for a form, where a number is its text and has no exponent. */
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
