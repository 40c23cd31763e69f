import type { Limits } from '../capacity.ts';

/**
 * The endpoint of a request, as Stripe limits it: the method, and the path without ids.
 * https://docs.stripe.com/rate-limits
 */
export interface Endpoint {
  /** All searches are one endpoint. All reads of files are one endpoint, and all writes of files are another. */
  readonly kind: 'endpoint' | 'search' | 'files';
  /** Letters, digits, `.`, `:` and `_`: `POST.v1.payment_intents.:id.confirm`. */
  readonly key: string;
}

/** Maximum transactions a second to the endpoint, by the settings. */
export function ceilingOf({ kind }: Endpoint, limits: Limits): number {
  if (kind === 'search') return limits.searchCeiling;
  return kind === 'files' ? limits.filesCeiling : limits.endpointCeiling;
}

/**
 * The lowest ceiling of all endpoints. If the capacity of a connection does not exceed it, endpoints need no separate
 * lanes.
 */
export function lowestCeiling({ endpointCeiling, searchCeiling, filesCeiling }: Limits): number {
  return Math.min(endpointCeiling, searchCeiling, filesCeiling);
}
