import type { StripeObject } from './transport.ts';
import { MARK, redactKinds, type SpanKind } from '../redact.ts';

/**
 * Fields that are never stored or published: client secrets of payments, setups and sessions; secrets that Stripe shows
 * only once (webhook endpoint, ephemeral key, reader connection); sign-in tokens; passwords; `cvc` of an issued card.
 * `catalog-tables.test.ts` compares them with the fields of the catalog.
 */
const SECRETS: ReadonlySet<string> = new Set([
  'client_secret',
  'secret',
  'signing_secret',
  'access_token',
  'refresh_token',
  'authentication_token',
  'client_token',
  'persistent_token',
  'password',
  'private_key_file_password',
  'admin_menu_passcode',
  'cvc',
]);

const LOGIN_LINK: ReadonlySet<string> = new Set(['url']);
/**
 * The same for one object type, by `object`: secrets of an app, and links that sign in the person who opens them.
 * "Don't store it, log it": https://docs.stripe.com/api/identity/verification_sessions/object
 */
const SECRETS_OF: Readonly<Record<string, ReadonlySet<string>>> = {
  'apps.secret': new Set(['payload']),
  account_link: LOGIN_LINK,
  'v2.core.account_link': LOGIN_LINK,
  login_link: LOGIN_LINK,
  'billing_portal.session': LOGIN_LINK,
  'identity.verification_session': LOGIN_LINK,
};

/** Those that a later read returns. The others are only in the response that created the object. */
const READ_AGAIN = ['"client_secret":', '"object":"identity.verification_session"'];

/** True if a Stripe field holds a secret. `object` is the type of the object that has the field. */
export function isSecretField(name: string, object: unknown): boolean {
  const own = typeof object === 'string' && Object.hasOwn(SECRETS_OF, object) ? SECRETS_OF[object] : undefined;
  return SECRETS.has(name) || own?.has(name) === true;
}

/** Never stored, anywhere in a text: credentials and card data. */
const KEPT_NOWHERE: ReadonlySet<SpanKind> = new Set(['credential', 'named', 'card']);
/** Never published. Rows are complete except for credentials and card numbers. */
const PUBLISHED_NOWHERE: ReadonlySet<SpanKind> = new Set(['credential', 'card']);

/**
 * Returns the object with null for every Stripe secret, and with a mask for secrets in a caller's texts: a key or a card
 * number in a description, a password in metadata. An object without secrets is not copied.
 */
export function stripSensitiveFields(object: StripeObject): StripeObject {
  return blank(object) as StripeObject;
}

function blank(value: unknown): unknown {
  if (typeof value === 'string') return redactKinds(value, KEPT_NOWHERE);
  if (typeof value !== 'object' || value === null) return value;
  let copy: Record<string, unknown> | undefined;
  const type = typeOf(value);
  for (const [key, inner] of Object.entries(value)) {
    const clean = isSecretField(key, type) ? null : blankField(key, inner);
    if (clean === inner) continue;
    copy ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
    copy[key] = clean;
  }
  return copy ?? value;
}

/** Names of Stripe's fields are known. Names in metadata are the caller's, and count as they do in a log. */
function blankField(key: string, value: unknown): unknown {
  return key === 'metadata' ? redactKinds(value, KEPT_NOWHERE) : blank(value);
}

/** True if a stored outcome lacks a value that a later read returns: a client secret, a masked text. */
export function hasMaskedFields(outcome: string): boolean {
  return READ_AGAIN.some((sign) => outcome.includes(sign)) || outcome.includes(MARK);
}

/**
 * Restores a stored object from a later read, field by field. A masked text is restored only from a text that would get
 * the same mask, because any other text is newer than the stored one.
 */
export function restoreSensitiveFields(stored: StripeObject, read: StripeObject): StripeObject {
  return filled(stored, read, stripSensitiveFields(read)) as StripeObject;
}

/** `named`: the field names inside are Stripe's, not a caller's. */
function filled(stored: unknown, read: unknown, clean: unknown, named = true): unknown {
  if (typeof stored === 'string') return stored === clean ? read : stored;
  if (!isObjectOrArray(stored) || !isObjectOrArray(read) || !isObjectOrArray(clean)) return stored;
  if (Array.isArray(stored)) return filledList(stored, read, clean);
  const type = typeOf(stored);
  return Object.fromEntries(
    Object.entries(stored).map(([key, inner]) => [
      key,
      named && isSecretField(key, type)
        ? (read[key] ?? null)
        : filled(inner, read[key], clean[key], named && key !== 'metadata'),
    ]),
  );
}

/** Matches items by id, because a list may have changed. Items without an id match only in a list of the same length. */
function filledList(stored: readonly unknown[], read: Items, clean: Items): unknown[] {
  const places = Object.values(read).map(itemId);
  return stored.map((item, index) => {
    const id = itemId(item);
    const place = id === undefined ? (places.length === stored.length ? index : -1) : places.indexOf(id);
    return place < 0 ? item : filled(item, read[place], clean[place]);
  });
}

type Items = Readonly<Record<string, unknown>>;

function itemId(value: unknown): string | undefined {
  return isObjectOrArray(value) && typeof value['id'] === 'string' ? value['id'] : undefined;
}

function isObjectOrArray(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The type of a Stripe object, in Stripe's spelling or that of a row. */
function typeOf(value: object): unknown {
  return 'object' in value ? value.object : 'Object' in value ? value.Object : undefined;
}

/** A field in the spelling of Stripe, a row or a flattened row: `a.client_secret`, `NestedClientSecret`. `Cvc` of any column. */
function isSecretName(name: string, object: unknown): boolean {
  let end = name.length;
  while (end > 0 && '"]'.includes(name[end - 1] ?? '')) end -= 1;
  const begin = Math.max(...['.', '[', ']', '"'].map((sign) => name.lastIndexOf(sign, end - 1)));
  const last = end === 0 ? '' : name.slice(begin + 1, end);
  return isSecretField(last, object) || PASCAL.test(name) || isSecretField(snakeName(last), object);
}
const PASCAL = /(?:ClientSecret|SigningSecret|ClientToken|PersistentToken|Password|Cvc)$/;

function snakeName(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (sign) => `_${sign}`).toLowerCase();
}

/** Returns a response for publication: null for every secret, in any format. */
export function maskSensitiveFields(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecretText(value);
  if (Array.isArray(value)) return value.map(maskSensitiveFields);
  if (typeof value !== 'object' || value === null) return value;
  const type = typeOf(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      // A metadata key is the caller's.
      withoutSecretText(key),
      isSecretName(key, type) ? null : maskSensitiveFields(inner),
    ]),
  );
}

/** Rows hold nested values as JSON text. */
function withoutSecretText(text: string): unknown {
  if (/^[[{]/.test(text) && /secret|cvc|token|password|"url"/i.test(text)) {
    try {
      return JSON.stringify(maskSensitiveFields(JSON.parse(text)));
    } catch {
      // Not JSON: use the pattern.
    }
  }
  return redactKinds(text, PUBLISHED_NOWHERE);
}
