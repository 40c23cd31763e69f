import type { Scalar } from '../catalog/shapes.ts';

export type ReadScalar = { readonly value: unknown } | { readonly problem: string };

/**
 * One scalar as Stripe takes it. Text that spells a number or a boolean is taken for it, because integrations pass
 * everything as text; nothing is rounded: `1500.0` is 1500, `1500.5` is an error.
 */
export function readScalar(kind: Scalar, value: unknown): ReadScalar {
  switch (kind) {
    case 'integer':
      return integer(value);
    case 'number':
      return fraction(value);
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

function integer(value: unknown): ReadScalar {
  const problem = { problem: "must be a whole number (amounts are in the currency's minor unit)" };
  const spelt = typeof value === 'string' ? /^(-?\d{1,16})(?:\.0{1,9})?$/.exec(value)?.[1] : undefined;
  const number = spelt === undefined ? value : Number(spelt);
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return problem;
  return { value: Object.is(number, -0) ? 0 : number };
}

function fraction(value: unknown): ReadScalar {
  const number = typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? { value: number } : { problem: 'must be a number' };
}

function decimal(value: unknown): ReadScalar {
  if (typeof value === 'string' && /^-?\d{1,20}(\.\d{1,12})?$/.test(value)) return { value };
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { value: String(value) };
  return { problem: 'must be a decimal number as text, such as "12.5": a float would lose digits' };
}

function boolean(value: unknown): ReadScalar {
  if (value === true || value === 'true') return { value: true };
  if (value === false || value === 'false') return { value: false };
  return { problem: 'must be true or false' };
}

function text(value: unknown): ReadScalar {
  if (typeof value === 'string') return { value };
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return { value: String(value) };
  return { problem: 'must be text' };
}
