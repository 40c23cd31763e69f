/** An exact decimal number: `units / 10 ** scale`. Stripe's amounts and quantities have up to 12 decimals. */
export interface ExactDecimal {
  readonly units: bigint;
  readonly scale: number;
}

export const ONE: ExactDecimal = { units: 1n, scale: 0 };
export const ZERO: ExactDecimal = { units: 0n, scale: 0 };

/**
 * A plain decimal with at most 30 digits before the point and 12 after it. Stripe's amounts have at most 12 decimals.
 */
const PLAIN_DECIMAL = /^-?(\d{1,30})(?:\.(\d{1,12}))?$/;

/** Returns the absolute value of a plain decimal; undefined for any other value (exponent, space, sign `+`). */
export function magnitude(value: unknown): ExactDecimal | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const match = PLAIN_DECIMAL.exec(String(value));
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

export function times(exact: ExactDecimal, other: ExactDecimal): ExactDecimal {
  return { units: exact.units * other.units, scale: exact.scale + other.scale };
}

export function plus(exact: ExactDecimal, other: ExactDecimal): ExactDecimal {
  const scale = Math.max(exact.scale, other.scale);
  return { units: unitsAt(exact, scale) + unitsAt(other, scale), scale };
}

export function isGreater(exact: ExactDecimal, other: ExactDecimal): boolean {
  const scale = Math.max(exact.scale, other.scale);
  return unitsAt(exact, scale) > unitsAt(other, scale);
}

/** Formats a number without trailing zeros. */
export function formatDecimal({ units, scale }: ExactDecimal): string {
  const digits = String(units).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale);
  let end = fraction.length;
  while (fraction[end - 1] === '0') end -= 1;
  return end === 0 ? whole : `${whole}.${fraction.slice(0, end)}`;
}

/** Returns the units of a number at a scale that is at least its own. */
function unitsAt({ units, scale }: ExactDecimal, targetScale: number): bigint {
  return units * 10n ** BigInt(targetScale - scale);
}
