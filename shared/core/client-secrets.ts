import type { StripeObject } from '../ports/stripe.ts';

/**
 * Never stored, never published: `client_secret` of a payment, a setup, a session; `secret` of a webhook endpoint or an
 * ephemeral key, which Stripe shows only once; `cvc` of an issued card.
 */
const SECRETS: ReadonlySet<string> = new Set(['client_secret', 'secret', 'cvc']);

/** The same object with null for every secret in it. What holds none is not copied. */
export function withoutSecrets(object: StripeObject): StripeObject {
  return blank(object) as StripeObject;
}

function blank(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, inner] of Object.entries(value)) {
    const clean: unknown = SECRETS.has(key) ? null : blank(inner);
    if (clean === inner) continue;
    copy ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
    copy[key] = clean;
  }
  return copy ?? value;
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

/** A column or key that holds a secret, as Stripe, a row or a flattened row spells it: `a.client_secret`, `ClientSecret`. */
const SECRET_NAME = /(^|[._\]"])(client_secret|secret|cvc)$|(ClientSecret|^Secret|^Cvc)$/;

/** A client secret wherever it stands in a text: in a URL, in JSON text. */
const SECRET_VALUE = /\b([a-z]{2,10}_[A-Za-z0-9]+)_secret_[A-Za-z0-9]+/g;

/** An answer as it may be published: null for every secret, whatever the format. */
export function publishable(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecretText(value);
  if (Array.isArray(value)) return value.map(publishable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET_NAME.test(key) ? null : publishable(inner)]),
  );
}

/** Rows carry nested values as JSON text. */
function withoutSecretText(text: string): string {
  if (/^[[{]/.test(text) && /secret|cvc/i.test(text)) {
    try {
      return JSON.stringify(publishable(JSON.parse(text)));
    } catch {
      // Then it is no JSON: by its pattern.
    }
  }
  return text.replace(SECRET_VALUE, '$1_secret_[redacted]');
}
