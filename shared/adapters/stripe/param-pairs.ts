import type { Params } from '../../stripe/transport.ts';

/** Encodes parameters in Stripe's bracket notation, one pair per value: `created[gte]` and `1`, `expand[0]` and `x`. */
export function toPairs(params: Params): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  const visit = (name: string, value: unknown): void => {
    if (Array.isArray(value)) value.forEach((item, index) => visit(`${name}[${index}]`, item));
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(`${name}[${key}]`, inner);
    } else if (value !== undefined) pairs.push([name, String(value)]);
  };
  for (const [name, value] of Object.entries(params)) visit(name, value);
  return pairs;
}

/** Encodes parameters as a URL query. */
export function encodeQuery(params: Params): string {
  return toPairs(params)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}
