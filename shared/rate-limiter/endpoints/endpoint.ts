import type { Limits } from '../capacity.ts';

/** What Stripe counts a request against: its method and path without ids. https://docs.stripe.com/rate-limits */
export interface Endpoint {
  /** All searches are one endpoint, and so are all reads, and all writes, of files. */
  readonly kind: 'endpoint' | 'search' | 'files';
  /** Letters, digits, `.`, `:` and `_`: `POST.v1.payment_intents.:id.confirm`. */
  readonly key: string;
}

/** Transactions a second that Stripe allows for the endpoint. */
export function ceilingOf({ kind }: Endpoint, limits: Limits): number {
  if (kind === 'search') return limits.searchCeiling;
  return kind === 'files' ? limits.filesCeiling : limits.endpointCeiling;
}

/** The lowest ceiling of all endpoints. A connection whose capacity is not above it needs no lanes for each endpoint. */
export function lowestCeiling({ endpointCeiling, searchCeiling, filesCeiling }: Limits): number {
  return Math.min(endpointCeiling, searchCeiling, filesCeiling);
}
