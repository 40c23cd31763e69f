/** Google's API can forward headers to a backend. The connector accepts only the empty form that clients send. */

export const NO_HEADERS =
  'is not supported: no headers are forwarded to Stripe. Use the HTTP header Idempotency-Key for the key of a write';

/** Returns whether the value contains no header. */
export function isNoHeader(headers: string): boolean {
  return ['', '{}'].includes(headers.replace(/\s/g, ''));
}
