import { ConnectorError } from '../../errors.ts';
import { acceptsIdempotencyKey } from '../idempotency-key.ts';
import type { StripeRequest } from '../transport.ts';

/**
 * Throws if a write that accepts an idempotency key has none. The SDK would generate one per request, so a repeat would
 * have a second effect. https://docs.stripe.com/api/idempotent_requests
 */
export function requireIdempotencyKey({ method, path, idempotencyKey }: StripeRequest): void {
  if (!acceptsIdempotencyKey(method, path) || (idempotencyKey ?? '') !== '') return;
  throw new ConnectorError('INTERNAL', 'a write without an idempotency key is not sent', {
    reason: 'IDEMPOTENCY_KEY_MISSING',
  });
}

/** Throws if a test helper is requested with a live key. https://docs.stripe.com/api/test_clocks */
export function requireTestKey({ path }: StripeRequest, key: string): void {
  if (!path.includes('/test_helpers/') || !/^(sk|rk)_live_/.test(key)) return;
  throw new ConnectorError('FAILED_PRECONDITION', "Stripe's test helpers are offered with a test key only", {
    reason: 'TEST_KEY_REQUIRED',
  });
}
