import type { StripeRequest } from './transport.ts';

/** Returns whether a path belongs to API v2. */
export function isApiV2(path: string): boolean {
  return path.startsWith('/v2/');
}

/**
 * Returns whether a request accepts an idempotency key: every POST, and in API v2 every write.
 * https://docs.stripe.com/api-v2-overview#idempotency
 */
export function acceptsIdempotencyKey(method: StripeRequest['method'], path: string): boolean {
  return method === 'POST' || (method !== 'GET' && isApiV2(path));
}
