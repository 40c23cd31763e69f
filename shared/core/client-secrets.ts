import type { StripeObject } from '../ports/stripe.ts';
import { MARK, redactKinds, type Kind } from '../redact.ts';

/**
 * Never stored, never published: `client_secret` of a payment, a setup, a session; `secret` of a webhook endpoint or an
 * ephemeral key, which Stripe shows only once; `cvc` of an issued card.
 */
const SECRETS: ReadonlySet<string> = new Set(['client_secret', 'secret', 'cvc']);

/** What is stored nowhere, wherever it stands in a text: credentials and card data. */
const KEPT_NOWHERE: ReadonlySet<Kind> = new Set(['credential', 'named', 'card']);
/** What is published nowhere: rows are whole but for credentials and card numbers. */
const PUBLISHED_NOWHERE: ReadonlySet<Kind> = new Set(['credential', 'card']);

/**
 * The same object with null for every secret of Stripe in it, and a mark for what a caller wrote into its texts: a key
 * or a card number in a description, a password in its metadata. What holds none is not copied.
 */
export function withoutSecrets(object: StripeObject): StripeObject {
  return blank(object) as StripeObject;
}

function blank(value: unknown): unknown {
  if (typeof value === 'string') return redactKinds(value, KEPT_NOWHERE);
  if (typeof value !== 'object' || value === null) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, inner] of Object.entries(value)) {
    const clean = blankField(key, inner);
    if (clean === inner) continue;
    copy ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
    copy[key] = clean;
  }
  return copy ?? value;
}

/** The names of Stripe's own fields are known; those of metadata are the caller's, and decide as they do in a log. */
function blankField(key: string, value: unknown): unknown {
  if (SECRETS.has(key)) return null;
  return key === 'metadata' ? redactKinds(value, KEPT_NOWHERE) : blank(value);
}

/** Whether a kept outcome lacks something that another reading of its object has: a client secret, what was marked. */
export function lacksSecrets(outcome: string): boolean {
  return outcome.includes('"client_secret":') || outcome.includes(MARK);
}

/**
 * An object that was stored, with the secrets that another reading of it has in the same places. A marked text is filled
 * from one that would be marked alike; another text came later, and is not what was stored.
 */
export function withSecretsOf(stored: StripeObject, read: StripeObject): StripeObject {
  return filled(stored, read, withoutSecrets(read)) as StripeObject;
}

function filled(stored: unknown, read: unknown, clean: unknown): unknown {
  if (typeof stored === 'string') return stored === clean ? read : stored;
  if (!isObject(stored) || !isObject(read) || !isObject(clean)) return stored;
  if (Array.isArray(stored)) return filledList(stored, read, clean);
  return Object.fromEntries(
    Object.entries(stored).map(([key, inner]) => [
      key,
      SECRETS.has(key) ? (read[key] ?? null) : filled(inner, read[key], clean[key]),
    ]),
  );
}

/** Items are found by their ids: a list may have changed meanwhile. Those without one only in a list of the same length. */
function filledList(stored: readonly unknown[], read: Items, clean: Items): unknown[] {
  const places = Object.values(read).map(idOf);
  return stored.map((item, index) => {
    const id = idOf(item);
    const place = id === undefined ? (places.length === stored.length ? index : -1) : places.indexOf(id);
    return place < 0 ? item : filled(item, read[place], clean[place]);
  });
}

type Items = Readonly<Record<string, unknown>>;

function idOf(value: unknown): string | undefined {
  return isObject(value) && typeof value['id'] === 'string' ? value['id'] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A column or key that holds a secret, as Stripe, a row or a flattened row spells it: `a.client_secret`, `ClientSecret`. */
const SECRET_NAME = /(^|[._\]"])(client_secret|secret|cvc)$|(ClientSecret|^Secret|Cvc)$/;

/** An answer as it may be published: null for every secret, whatever the format. */
export function publishable(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecretText(value);
  if (Array.isArray(value)) return value.map(publishable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      // A key of metadata is the caller's.
      withoutSecretText(key),
      SECRET_NAME.test(key) ? null : publishable(inner),
    ]),
  );
}

/** Rows carry nested values as JSON text. */
function withoutSecretText(text: string): unknown {
  if (/^[[{]/.test(text) && /secret|cvc/i.test(text)) {
    try {
      return JSON.stringify(publishable(JSON.parse(text)));
    } catch {
      // Then it is no JSON: by its pattern.
    }
  }
  return redactKinds(text, PUBLISHED_NOWHERE);
}
