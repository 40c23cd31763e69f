import { MARK } from './span.ts';

/**
 * What the name of a value says about it, in any spelling: `client_secret`, `ClientSecret`, `card[cvc]`, `X-Api-Key`.
 *   secret   a credential, or a whole card number
 *   code     the code of a card: as secret, and a `number` beside it is the number of a card
 *   line     a credential that as a head goes to the end of its line
 *   number   the number of a card where other card data stands beside it
 *   expiry   card data: a `number` beside it is the number of a card
 *   mail     an e-mail address, however it is written
 *   id       an id: its digits are not those of a card
 */
export type NameClass = 'secret' | 'code' | 'line' | 'number' | 'expiry' | 'mail' | 'id' | 'nothing';

/** Characters of a name that are read: its end. */
const MAX_READ = 100;

/** Of a name in lower case without signs. The first that fits counts. */
const SAYINGS: readonly (readonly [RegExp, NameClass])[] = [
  [/^(?:operationid|messageid|requestid|idempotencykey|orderingkey)$/, 'id'],
  // They say where a list goes on, and open nothing.
  [/(?:page|next|sync|continuation)token$/, 'nothing'],
  [/(?:authorization|cookie)$/, 'line'],
  [/(?:secretkey|token|(?:secret|password|passwd|passphrase|passcode|credential)s?)\d{0,2}$/, 'secret'],
  [/(?:api|private|signing|access|master|encryption)keys?\d{0,2}$/, 'secret'],
  [/(?:cardnumber|stripesignature)$/, 'secret'],
  [/(?:cvc2?|cvv2?|cvn2?|securitycode|verificationvalue)$|^csc$/, 'code'],
  [/^(?:pin|pwd)$/, 'secret'],
  // What an app keeps secret at Stripe. https://docs.stripe.com/api/secret_management
  [/^payload$/, 'secret'],
  [/(?:expiry|expiration|exp)(?:month|year|date)$|(?:expiry|expiration)$/, 'expiry'],
  [/^(?:pan|number)$/, 'number'],
  [/email$/, 'mail'],
];

/** Short words that other words end in: they count as the last word of a name alone. `user.pwd`, `cardCsc`, `card[number]` */
const LAST_WORD = /(?:[^A-Za-z]|[a-z](?=[A-Z]))(csc|pwd|number)\]{0,3}$/i;

export function classifyName(name: string): NameClass {
  const nameClass = SEEN.get(name);
  if (nameClass !== undefined) return nameClass;
  const says = reading(name.slice(-MAX_READ));
  if (SEEN.size < MAX_SEEN && name.length <= MAX_READ) SEEN.set(name, says);
  return says;
}
const SEEN = new Map<string, NameClass>();
const MAX_SEEN = 1000;

function reading(name: string): NameClass {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const nameClass = SAYINGS.find(([pattern]) => pattern.test(plain))?.[1];
  if (nameClass !== undefined) return nameClass;
  const last = LAST_WORD.exec(name)?.[1]?.toLowerCase();
  return last === undefined ? 'nothing' : (LAST_WORDS[last] ?? 'nothing');
}
const LAST_WORDS: Readonly<Record<string, NameClass>> = { csc: 'code', pwd: 'secret', number: 'number' };

/** Whether an object under this name is a card: `card`, `PaymentMethodCard`. */
export function isCardName(name: string): boolean {
  return /card\]{0,3}$/i.test(name.slice(-MAX_READ));
}

/** Names that end so, but whose value is an id of Stripe: a token that works once, an authorization of an issued card. */
const HARMLESS = /^(?:iauth|b?tok|cvctok|ctoken|ct|cpt)_[A-Za-z0-9]{1,100}$/;

/** Where a secret is kept, not what it is. https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions */
const KEPT_AT = /^projects\/[^/\s]{1,100}\/secrets\/[\w-]{1,255}(?:\/versions\/\w{1,20})?$/;

/** Whether a text under a secret name is none: an id of Stripe, the place of a secret, or what redaction left. */
export function isHarmless(value: string): boolean {
  return value === '' || value === MARK || HARMLESS.test(value) || KEPT_AT.test(value);
}
