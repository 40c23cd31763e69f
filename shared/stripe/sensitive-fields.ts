import type { StripeObject } from './transport.ts';
import { MARK, redactKinds, type SpanKind } from '../redact.ts';

/**
 * Never stored, never published: the client secret of a payment, a setup, a session; the secrets of a webhook endpoint, an
 * ephemeral key, a reader's connection, which Stripe shows only once; tokens that log somebody in; passwords; `cvc` of an
 * issued card. `catalog-tables.test.ts` holds them to the fields of the catalogue.
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
 * The same of one type of object, by its `object`: what an app keeps secret, and the links that log in whoever opens them.
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

/** Of these, what another reading of the object has. The others come once, with the answer that made the object. */
const READ_AGAIN = ['"client_secret":', '"object":"identity.verification_session"'];

/** Whether a field of Stripe's holds a secret; `object` is the type of the object that it stands in. */
export function isSecretField(name: string, object: unknown): boolean {
  const own = typeof object === 'string' && Object.hasOwn(SECRETS_OF, object) ? SECRETS_OF[object] : undefined;
  return SECRETS.has(name) || own?.has(name) === true;
}

/** What is stored nowhere, wherever it stands in a text: credentials and card data. */
const KEPT_NOWHERE: ReadonlySet<SpanKind> = new Set(['credential', 'named', 'card']);
/** What is published nowhere: rows are whole but for credentials and card numbers. */
const PUBLISHED_NOWHERE: ReadonlySet<SpanKind> = new Set(['credential', 'card']);

/**
 * The same object with null for every secret of Stripe in it, and a mark for what a caller wrote into its texts: a key
 * or a card number in a description, a password in its metadata. What holds none is not copied.
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

/** The names of Stripe's own fields are known; those of metadata are the caller's, and decide as they do in a log. */
function blankField(key: string, value: unknown): unknown {
  return key === 'metadata' ? redactKinds(value, KEPT_NOWHERE) : blank(value);
}

/** Whether a kept outcome lacks something that another reading of its object has: a client secret, what was marked. */
export function hasMaskedFields(outcome: string): boolean {
  return READ_AGAIN.some((sign) => outcome.includes(sign)) || outcome.includes(MARK);
}

/**
 * An object that was stored, with the secrets that another reading of it has in the same places. A marked text is filled
 * from one that would be marked alike; another text came later, and is not what was stored.
 */
export function restoreSensitiveFields(stored: StripeObject, read: StripeObject): StripeObject {
  return filled(stored, read, stripSensitiveFields(read)) as StripeObject;
}

/** `named`: the names within are Stripe's, not a caller's. */
function filled(stored: unknown, read: unknown, clean: unknown, named = true): unknown {
  if (typeof stored === 'string') return stored === clean ? read : stored;
  if (!isObject(stored) || !isObject(read) || !isObject(clean)) return stored;
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

/** The type of an object of Stripe's, as Stripe or a row spells it. */
function typeOf(value: object): unknown {
  return 'object' in value ? value.object : 'Object' in value ? value.Object : undefined;
}

/** A column or key as Stripe, a row or a flattened row spells it: `a.client_secret`, `NestedClientSecret`. Of a cvc, `Cvc` of any column. */
function isSecretName(name: string, object: unknown): boolean {
  let end = name.length;
  while (end > 0 && '"]'.includes(name[end - 1] ?? '')) end -= 1;
  const begin = Math.max(...['.', '[', ']', '"'].map((sign) => name.lastIndexOf(sign, end - 1)));
  const last = end === 0 ? '' : name.slice(begin + 1, end);
  return isSecretField(last, object) || PASCAL.test(name) || isSecretField(snake(last), object);
}
const PASCAL = /(?:ClientSecret|SigningSecret|ClientToken|PersistentToken|Password|Cvc)$/;

function snake(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (sign) => `_${sign}`).toLowerCase();
}

/** An answer as it may be published: null for every secret, whatever the format. */
export function maskSensitiveFields(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecretText(value);
  if (Array.isArray(value)) return value.map(maskSensitiveFields);
  if (typeof value !== 'object' || value === null) return value;
  const type = typeOf(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      // A key of metadata is the caller's.
      withoutSecretText(key),
      isSecretName(key, type) ? null : maskSensitiveFields(inner),
    ]),
  );
}

/** Rows carry nested values as JSON text. */
function withoutSecretText(text: string): unknown {
  if (/^[[{]/.test(text) && /secret|cvc|token|password|"url"/i.test(text)) {
    try {
      return JSON.stringify(maskSensitiveFields(JSON.parse(text)));
    } catch {
      // Then it is no JSON: by its pattern.
    }
  }
  return redactKinds(text, PUBLISHED_NOWHERE);
}
