/**
 * Names of inputs that the console sends but does not store: card data, bank accounts, identity numbers and secrets.
 */
const SECRET_NAMES =
  /^(number|cvc|exp_?month|exp_?year|account_?number|routing_?number|iban|sort_?code|client_?secret|id_?number|ssn_?last_?4|password|secret|payload)$/i;

/** A value that looks like a card number: 12 to 19 digits, with spaces or hyphens. */
const CARD_NUMBER = /^\d(?:[ -]?\d){11,18}$/;

/**
 * A card number in a response: 15 to 19 digits with the first digit of a card network (ISO/IEC 7812-1). A current Unix
 * time in microseconds begins with 1, so it does not match.
 */
const CARD_OF_RESPONSE = /^[2-6]\d{3}(?:[ -]?\d){11,15}$/;

export function isSecretInput(name: string): boolean {
  return SECRET_NAMES.test(name);
}

/**
 * Whether a value of a response is a secret: a client secret, a signing secret, an API key, or a text that is a card
 * number. The console shows secrets only on request.
 */
export function isSecretValue(name: string, text: string): boolean {
  return (
    CARD_OF_RESPONSE.test(text) ||
    /(^|_)secret$/i.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')) ||
    /^([a-z]+_\w+_secret_|whsec_|[sr]k_)/.test(text)
  );
}

/** The JSON text of a response. Its secrets are replaced by `[hidden]` unless `withSecrets` is true. */
export function shownJson(value: unknown, withSecrets: boolean): string {
  const hide = (name: string, member: unknown): unknown =>
    typeof member === 'string' && isSecretValue(name, member) ? '[hidden]' : member;
  return JSON.stringify(value, withSecrets ? undefined : hide, 2);
}

/**
 * Returns a copy of inputs without members that are secrets or card numbers, at any depth. Texts in a list are not
 * checked.
 */
export function withoutSecrets(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
      if (isSecretInput(name) || (typeof member === 'string' && CARD_NUMBER.test(member))) return [];
      return [[name, withoutSecretsInside(member)]];
    }),
  );
}

function withoutSecretsInside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretsInside);
  return typeof value === 'object' && value !== null ? withoutSecrets(value as Record<string, unknown>) : value;
}
