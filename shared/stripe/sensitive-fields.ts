import type { StripeObject } from './transport.ts';
import { MARK, redactKinds, type SpanKind } from '../redact.ts';

/**
 * Fields of Stripe that are never stored or published: client secrets of payments, setups and sessions, secrets that
 * Stripe shows only once (webhook endpoint, ephemeral key, reader connection), sign-in tokens, passwords, and the `cvc`
 * of an issued card. `catalog-tables.test.ts` compares this list with the fields of the catalog.
 */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
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
 * Secret fields of one object type, by `object`: secrets of an app, and links that sign in the person who opens them.
 * "Don't store it, log it": https://docs.stripe.com/api/identity/verification_sessions/object
 */
const SECRET_FIELDS_OF: Readonly<Record<string, ReadonlySet<string>>> = {
  'apps.secret': new Set(['payload']),
  account_link: LOGIN_LINK,
  'v2.core.account_link': LOGIN_LINK,
  login_link: LOGIN_LINK,
  'billing_portal.session': LOGIN_LINK,
  'identity.verification_session': LOGIN_LINK,
};

/**
 * If the JSON of an object contains one of these texts, Stripe returns the object's secret field again in a later read.
 * Stripe returns all other secret fields only in the response that created the object.
 */
const READABLE_MARKS = ['"client_secret":', '"object":"identity.verification_session"'];

/** Returns whether a Stripe field contains a secret. `object` is the type of the object that has the field. */
export function isSecretField(name: string, object: unknown): boolean {
  const objectFields =
    typeof object === 'string' && Object.hasOwn(SECRET_FIELDS_OF, object) ? SECRET_FIELDS_OF[object] : undefined;
  return SECRET_FIELDS.has(name) || objectFields?.has(name) === true;
}

/** Kinds of secrets that are never stored as part of a text: credentials and card data. */
const NEVER_STORED: ReadonlySet<SpanKind> = new Set(['credential', 'named', 'card']);
/** Kinds of secrets that are never published as part of a text: credentials and card numbers. */
const NEVER_PUBLISHED: ReadonlySet<SpanKind> = new Set(['credential', 'card']);

/**
 * Returns an object without secrets. A secret field of Stripe becomes null. A secret in a text of the caller (a key or a
 * card number in a description, a password in metadata) is masked. An object without secrets is not copied.
 */
export function stripSensitiveFields(object: StripeObject): StripeObject {
  return strip(object) as StripeObject;
}

/** Returns a value without its secrets. A value without secrets is returned uncopied. */
function strip(value: unknown): unknown {
  if (typeof value === 'string') return redactKinds(value, NEVER_STORED);
  if (typeof value !== 'object' || value === null) return value;
  let copy: Record<string, unknown> | undefined;
  const type = typeOf(value);
  for (const [key, member] of Object.entries(value)) {
    const clean = isSecretField(key, type) ? null : stripField(key, member);
    if (clean === member) continue;
    copy ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
    copy[key] = clean;
  }
  return copy ?? value;
}

/** Strips the secrets of a field. The caller chooses the names in metadata, so metadata is redacted as a log line is. */
function stripField(key: string, value: unknown): unknown {
  return key === 'metadata' ? redactKinds(value, NEVER_STORED) : strip(value);
}

/** Returns whether a stored outcome lacks a value that a later read returns: a client secret or a masked text. */
export function hasMaskedFields(outcome: string): boolean {
  return READABLE_MARKS.some((mark) => outcome.includes(mark)) || outcome.includes(MARK);
}

/**
 * Restores the secrets of a stored object from a later read. A masked text is only restored from a text with the same
 * masked form, because any other text was changed after the object was stored.
 */
export function restoreSensitiveFields(stored: StripeObject, read: StripeObject): StripeObject {
  return restoreSecrets(stored, read, stripSensitiveFields(read)) as StripeObject;
}

/**
 * Restores the secrets of `stored` from `read`. `clean` is `read` without its secrets. `stripeNames` is false inside
 * metadata, where the caller chose the field names.
 */
function restoreSecrets(stored: unknown, read: unknown, clean: unknown, stripeNames = true): unknown {
  if (typeof stored === 'string') return stored === clean ? read : stored;
  if (!isObjectOrArray(stored) || !isObjectOrArray(read) || !isObjectOrArray(clean)) return stored;
  if (Array.isArray(stored)) return restoreListSecrets(stored, read, clean);
  const type = typeOf(stored);
  return Object.fromEntries(
    Object.entries(stored).map(([key, member]) => [
      key,
      stripeNames && isSecretField(key, type)
        ? (read[key] ?? null)
        : restoreSecrets(member, read[key], clean[key], stripeNames && key !== 'metadata'),
    ]),
  );
}

/**
 * Restores list items by id, because the list may have changed. An item without an id is only restored if the list still
 * has the same length.
 */
function restoreListSecrets(stored: readonly unknown[], read: Items, clean: Items): unknown[] {
  const ids = Object.values(read).map(itemId);
  return stored.map((item, index) => {
    const id = itemId(item);
    const indexWithoutId = ids.length === stored.length ? index : -1;
    const itemIndex = id === undefined ? indexWithoutId : ids.indexOf(id);
    return itemIndex < 0 ? item : restoreSecrets(item, read[itemIndex], clean[itemIndex]);
  });
}

type Items = Readonly<Record<string, unknown>>;

function itemId(value: unknown): string | undefined {
  return isObjectOrArray(value) && typeof value['id'] === 'string' ? value['id'] : undefined;
}

function isObjectOrArray(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Returns the type of a Stripe object or of a row. */
function typeOf(value: object): unknown {
  if ('object' in value) return value.object;
  return 'Object' in value ? value.Object : undefined;
}

/**
 * Returns whether a field contains a secret. The name may be Stripe's, a column (`NestedClientSecret`) or a flattened key
 * (`a.client_secret`).
 */
function isSecretName(name: string, object: unknown): boolean {
  let end = name.length;
  while (end > 0 && '"]'.includes(name[end - 1] ?? '')) end -= 1;
  const start = Math.max(...['.', '[', ']', '"'].map((sign) => name.lastIndexOf(sign, end - 1)));
  const last = end === 0 ? '' : name.slice(start + 1, end);
  return isSecretField(last, object) || PASCAL_SECRET.test(name) || isSecretField(snakeName(last), object);
}
const PASCAL_SECRET = /(?:ClientSecret|SigningSecret|ClientToken|PersistentToken|Password|Cvc)$/;

/** Returns a column's last name part in Stripe's spelling: `ClientSecret` -> `client_secret`. */
function snakeName(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (sign) => `_${sign}`).toLowerCase();
}

/** Returns a response for publication, in any format. Secret fields become null, and secrets in texts are masked. */
export function maskSensitiveFields(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecretText(value);
  if (Array.isArray(value)) return value.map(maskSensitiveFields);
  if (typeof value !== 'object' || value === null) return value;
  const type = typeOf(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      // The caller chooses the keys of metadata, so a key may contain a secret.
      withoutSecretText(key),
      isSecretName(key, type) ? null : maskSensitiveFields(member),
    ]),
  );
}

/** Masks the secrets in a text. A nested value of a row is JSON text, whose fields are masked by name. */
function withoutSecretText(text: string): unknown {
  if (/^[[{]/.test(text) && /secret|cvc|token|password|"url"/i.test(text)) {
    try {
      return JSON.stringify(maskSensitiveFields(JSON.parse(text)));
    } catch {
      // Not JSON: search the text by patterns instead.
    }
  }
  return redactKinds(text, NEVER_PUBLISHED);
}
