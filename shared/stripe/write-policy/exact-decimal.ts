/** An exact decimal number: `units / 10 ** scale`. Stripe's amounts and quantities have up to 12 decimals. */
export interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

export const ONE: Exact = { units: 1n, scale: 0 };
export const NOTHING: Exact = { units: 0n, scale: 0 };

/** Maximum number of digits: Stripe has no longer amounts. */
const PLAIN = /^-?(\d{1,30})(?:\.(\d{1,12}))?$/;

/** The magnitude of a plain decimal as a number or text. Undefined for any other form (exponent, space, sign `+`). */
export function magnitude(value: unknown): Exact | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const match = PLAIN.exec(String(value));
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

export function times(exact: Exact, other: Exact): Exact {
  return { units: exact.units * other.units, scale: exact.scale + other.scale };
}

export function plus(exact: Exact, other: Exact): Exact {
  const scale = Math.max(exact.scale, other.scale);
  return { units: unitsAt(exact, scale) + unitsAt(other, scale), scale };
}

export function isMore(exact: Exact, other: Exact): boolean {
  const scale = Math.max(exact.scale, other.scale);
  return unitsAt(exact, scale) > unitsAt(other, scale);
}

export function formatDecimal({ units, scale }: Exact): string {
  const digits = String(units).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale);
  let end = fraction.length;
  while (fraction[end - 1] === '0') end -= 1;
  return end === 0 ? whole : `${whole}.${fraction.slice(0, end)}`;
}

function unitsAt({ units, scale }: Exact, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - scale);
}
