import { MARK } from './span.ts';

/**
 * The class of a value by its name, in any notation: `client_secret`, `ClientSecret`, `card[cvc]`, `X-Api-Key`.
 *   secret   a credential, or a complete card number
 *   code     the security code of a card: like secret, and a `number` next to it is a card number
 *   line     a credential that, as a header, extends to the end of its line
 *   number   a card number if other card data is next to it, or if it has as many digits as a card number
 *   expiry   card data: a `number` next to it is a card number
 *   mail     an e-mail address in any notation
 *   id       an id: its digits are not those of a card
 *   nothing  any other value
 */
export type NameClass = 'secret' | 'code' | 'line' | 'number' | 'expiry' | 'mail' | 'id' | 'nothing';

/** Maximum number of characters that are read, from the end of a name. It bounds the time for a long name. */
const MAX_READ_LENGTH = 100;

/** Patterns for a name in lower case without symbols. The first pattern that matches determines the class. */
const CLASSES: readonly (readonly [RegExp, NameClass])[] = [
  [/^(?:operationid|messageid|requestid|idempotencykey|orderingkey)$/, 'id'],
  // These tokens only continue a list. They give no access.
  [/(?:page|next|sync|continuation)token$/, 'nothing'],
  [/(?:authorization|cookie)$/, 'line'],
  [/(?:secretkey|token|(?:secret|password|passwd|passphrase|passcode|credential)s?)\d{0,2}$/, 'secret'],
  [/(?:api|private|signing|access|master|encryption)keys?\d{0,2}$/, 'secret'],
  [/(?:cardnumber|stripesignature)$/, 'secret'],
  [/(?:cvc2?|cvv2?|cvn2?|securitycode|verificationvalue)$|^csc$/, 'code'],
  [/^(?:pin|pwd)$/, 'secret'],
  // A secret of a Stripe app in the Secret Store API. https://docs.stripe.com/api/secret_management
  [/^payload$/, 'secret'],
  [/(?:expiry|expiration|exp)(?:month|year|date)$|(?:expiry|expiration)$/, 'expiry'],
  [/^(?:pan|number)$/, 'number'],
  [/email$/, 'mail'],
];

/**
 * Short words that are also the end of other words. They determine the class only if they are the last word of a name:
 * `user.pwd`, `cardCsc`, `card[number]`
 */
const LAST_WORD = /(?:[^A-Za-z]|[a-z](?=[A-Z]))(csc|pwd|number)\]{0,3}$/i;

/** Returns the class of a value by its name. */
export function classifyName(name: string): NameClass {
  const cachedClass = CLASS_CACHE.get(name);
  if (cachedClass !== undefined) return cachedClass;
  const nameClass = classOfName(name.slice(-MAX_READ_LENGTH));
  if (CLASS_CACHE.size < MAX_CACHED_CLASSES && name.length <= MAX_READ_LENGTH) CLASS_CACHE.set(name, nameClass);
  return nameClass;
}
const CLASS_CACHE = new Map<string, NameClass>();
/** Maximum number of cached names. The cache needs a limit, because callers choose the names. */
const MAX_CACHED_CLASSES = 1000;

function classOfName(name: string): NameClass {
  const normalized = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const nameClass = CLASSES.find(([pattern]) => pattern.test(normalized))?.[1];
  if (nameClass !== undefined) return nameClass;
  const last = LAST_WORD.exec(name)?.[1]?.toLowerCase();
  return last === undefined ? 'nothing' : (LAST_WORDS[last] ?? 'nothing');
}
const LAST_WORDS: Readonly<Record<string, NameClass>> = { csc: 'code', pwd: 'secret', number: 'number' };

/** Returns whether an object with this name is a card: `card`, `PaymentMethodCard`. */
export function isCardName(name: string): boolean {
  return /card\]{0,3}$/i.test(name.slice(-MAX_READ_LENGTH));
}

/** Stripe ids in fields with a secret name: a single-use token, an authorization of an issued card. */
const HARMLESS = /^(?:iauth|b?tok|cvctok|ctoken|ct|cpt)_[A-Za-z0-9]{1,100}$/;

/**
 * The resource name of a secret.
 * https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions
 */
const SECRET_RESOURCE = /^projects\/[^/\s]{1,100}\/secrets\/[\w-]{1,255}(?:\/versions\/\w{1,20})?$/;

/**
 * Returns whether a value is not a secret, although its field has the name of a secret. Such a value is an empty text,
 * a Stripe id, the resource name of a secret in Secret Manager, or a value that is already redacted.
 */
export function isHarmless(value: string): boolean {
  return value === '' || value === MARK || HARMLESS.test(value) || SECRET_RESOURCE.test(value);
}
