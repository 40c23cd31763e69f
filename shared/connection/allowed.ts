import * as z from 'zod';

/**
 * Kinds of values of the settings. Each says in one sentence what is allowed, whichever way a value misses it; the
 * validations of `infra/blueprint` say the same sentences.
 */

export function whole(least: number, most: number): z.ZodInt {
  const allowed = `a whole number from ${least} to ${most}`;
  return z.int(allowed).min(least, allowed).max(most, allowed);
}

export function text(pattern: RegExp, allowed: string): z.ZodString {
  return z.string(allowed).regex(pattern, allowed);
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(values, `one of ${values.join(', ')}`);
}

export function yesOrNo(): z.ZodBoolean {
  return z.boolean('true or false');
}

/** So many texts, and the same sentence for the list and for what is in it. */
export function texts(pattern: RegExp, allowed: string, most: number, least = 0): z.ZodArray<z.ZodString> {
  return z.array(text(pattern, allowed), allowed).min(least, allowed).max(most, allowed);
}

/** Transactions a second. */
export function rate(): z.ZodNumber {
  const allowed = 'a number above 0, at most 10000';
  return z.number(allowed).positive(allowed).max(10_000, allowed);
}

const SECRET_VERSION = /^projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255}\/versions\/([1-9]\d*|latest)$/;

export function secretVersion(): z.ZodString {
  return text(SECRET_VERSION, 'projects/P/secrets/S/versions/V, where V is a number or latest');
}

export function secretVersions(most: number): z.ZodArray<z.ZodString> {
  return texts(
    SECRET_VERSION,
    `at most ${most} of projects/P/secrets/S/versions/V, where V is a number or latest`,
    most,
  );
}

export function topic(): z.ZodString {
  return text(/^projects\/[^/\s]+\/topics\/[A-Za-z][\w.~+%-]{2,254}$/, 'projects/P/topics/T');
}

export function account(): z.ZodString {
  return text(ACCOUNT, 'a Stripe account, acct_...');
}

const ACCOUNT = /^acct_[A-Za-z0-9]{1,64}$/;

export function accounts(most: number): z.ZodArray<z.ZodString> {
  return texts(ACCOUNT, `at most ${most} Stripe accounts, acct_...`, most);
}

const CURRENCY = /^[a-z]{3,10}$/;

export function currencies(): z.ZodArray<z.ZodString> {
  const allowed = 'at least one currency in lower case, such as usd';
  return z.array(text(CURRENCY, allowed), allowed).min(1, allowed);
}

/** Amounts by currency, in its minor unit. */
export function amounts(): z.ZodType<Record<string, number>> {
  const allowed = 'whole numbers from 0 by currency in lower case, at least one: {"usd": 50000}';
  return z
    .record(text(CURRENCY, allowed), z.int(allowed).min(0, allowed), allowed)
    .refine((bounds) => Object.keys(bounds).length > 0, allowed);
}

/** Labels as Google Cloud takes them. */
export function labels(): z.ZodRecord<z.ZodString, z.ZodString> {
  const allowed =
    'keys of lowercase letters, digits, _ and -, starting with a letter, and values of the same characters, each at most 63';
  return z.record(text(/^[a-z][a-z0-9_-]{0,62}$/, allowed), text(/^[a-z0-9_-]{0,63}$/, allowed), allowed);
}

export function hostAndPort(): z.ZodObject<{ host: z.ZodString; port: z.ZodInt }, z.core.$strict> {
  const allowed = 'a host and a port from 1 to 65535';
  return z.strictObject(
    {
      host: text(/^(\[[0-9a-fA-F:.]{2,45}\]|[^\s/:[\]@]{1,253})$/, allowed),
      port: z.int(allowed).min(1, allowed).max(65_535, allowed),
    },
    allowed,
  );
}
