import type { StripeObject } from '../ports/stripe.ts';

/**
 * Never stored, never published: `client_secret` of a payment, a setup, a session; `secret` of a webhook endpoint or an
 * ephemeral key, which Stripe shows only once; `cvc` of an issued card.
 */
const SECRETS: ReadonlySet<string> = new Set(['client_secret', 'secret', 'cvc']);

/** The same object with null for every secret in it. */
export function withoutSecrets(object: StripeObject): StripeObject {
  return blank(object) as StripeObject;
}

function blank(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(blank);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, SECRETS.has(key) ? null : blank(inner)]));
}

/** An object that was stored, with the secrets that another reading of it has in the same places. */
export function withSecretsOf(stored: StripeObject, read: StripeObject): StripeObject {
  return filled(stored, read) as StripeObject;
}

function filled(stored: unknown, read: unknown): unknown {
  if (typeof stored !== 'object' || stored === null || typeof read !== 'object' || read === null) return stored;
  if (Array.isArray(stored)) return stored.map((item, index) => filled(item, (read as unknown[])[index]));
  const other = read as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(stored).map(([key, inner]) => [
      key,
      SECRETS.has(key) ? (other[key] ?? null) : filled(inner, other[key]),
    ]),
  );
}
