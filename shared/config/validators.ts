import * as z from 'zod/mini';
import { isObject } from '../is-object.ts';

/**
 * Schemas of setting values. Each describes in one sentence what is allowed. The validations in `infra/blueprint` use the
 * same sentences.
 */

/** An integer from `min` to `max`. */
export function integer(min: number, max: number): z.ZodMiniType<number> {
  return z.int(`an integer from ${min} to ${max}`).check(z.minimum(min), z.maximum(max));
}

/** A string that matches the pattern. `allowed` describes the pattern in errors. */
export function text(pattern: RegExp, allowed: string): z.ZodMiniType<string> {
  return z.string(allowed).check(z.regex(pattern));
}

/** One of the values. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T): z.ZodMiniType<T[number]> {
  return z.enum(values, `one of ${values.join(', ')}`);
}

/** True or false. */
export function boolean(): z.ZodMiniType<boolean> {
  return z.boolean('true or false');
}

/** `http://host`, `https://host:port` */
export function url(): z.ZodMiniType<string> {
  return z
    .string('an http or https URL')
    .check(z.refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value)));
}

/** A value that one test checks as a whole, so that an error does not list each of its items. */
function tested<T>(allowed: string, test: (value: unknown) => boolean): z.ZodMiniType<T> {
  return z.custom<T>(test, { error: allowed, abort: false });
}

/** A list of strings. */
export function stringList(pattern: RegExp, allowed: string, max: number, min = 0): z.ZodMiniType<string[]> {
  const isItem = (item: unknown): boolean => typeof item === 'string' && pattern.test(item);
  return tested(
    allowed,
    (value) => Array.isArray(value) && value.length >= min && value.length <= max && value.every(isItem),
  );
}

/** Requests per second. */
export function rate(): z.ZodMiniType<number> {
  return z.number('a number above 0, at most 10000').check(z.positive(), z.maximum(10_000));
}

const SECRET_VERSION = /^projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255}\/versions\/([1-9]\d*|latest)$/;

/** The resource name of a Secret Manager version. */
export function secretVersion(): z.ZodMiniType<string> {
  return text(SECRET_VERSION, 'projects/P/secrets/S/versions/V, where V is a number or latest');
}

/** A list of Secret Manager versions. */
export function secretVersions(max: number): z.ZodMiniType<string[]> {
  return stringList(
    SECRET_VERSION,
    `at most ${max} secret versions projects/P/secrets/S/versions/V, where V is a number or latest`,
    max,
  );
}

/** The resource name of a Pub/Sub topic. */
export function topic(): z.ZodMiniType<string> {
  // https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
  return text(
    /^projects\/[^/\s]+\/topics\/(?!goog)[A-Za-z][\w.~+%-]{2,254}$/,
    'projects/P/topics/T, where T does not begin with goog',
  );
}

/** The id of a Stripe account. */
export function account(): z.ZodMiniType<string> {
  return text(ACCOUNT_PATTERN, 'a Stripe account, acct_...');
}

const ACCOUNT_PATTERN = /^acct_[A-Za-z0-9]{1,64}$/;

/** A list of Stripe account ids. */
export function accounts(max: number): z.ZodMiniType<string[]> {
  return stringList(ACCOUNT_PATTERN, `at most ${max} Stripe accounts, acct_...`, max);
}

const CURRENCY = /^[a-z]{3,10}$/;

/** A list of at least one currency in lower case. */
export function currencies(): z.ZodMiniType<string[]> {
  return stringList(CURRENCY, 'at least one currency in lower case, such as usd', Infinity, 1);
}

/** A list of e-mail addresses. */
export function emails(max: number): z.ZodMiniType<string[]> {
  return stringList(
    /^[^\s@:]{1,64}@[a-z0-9.-]{1,190}$/i,
    `at most ${max} e-mail addresses of service accounts or users`,
    max,
  );
}

function isRecordOf(value: unknown, key: RegExp, test: (value: unknown) => boolean): boolean {
  return isObject(value) && Object.entries(value).every(([name, member]) => key.test(name) && test(member));
}

/** Amounts by currency, in its minor unit. */
export function amounts(): z.ZodMiniType<Record<string, number>> {
  const isAmount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
  return tested(
    'integers from 0 by currency in lower case, at least one: {"usd": 50000}',
    (value) => isRecordOf(value, CURRENCY, isAmount) && Object.keys(value as object).length > 0,
  );
}

/** Labels in Google Cloud's format. */
export function labels(): z.ZodMiniType<Record<string, string>> {
  const isLabel = (value: unknown): boolean => typeof value === 'string' && /^[a-z0-9_-]{0,63}$/.test(value);
  return tested(
    'keys of lowercase letters, digits, _ and -, starting with a letter, and values of the same characters, each at most 63',
    (value) => isRecordOf(value, /^[a-z][a-z0-9_-]{0,62}$/, isLabel),
  );
}

/** A host and a port. */
export function hostAndPort(): z.ZodMiniType<{ host: string; port: number }> {
  const allowed = 'a host and a port from 1 to 65535';
  return z.strictObject(
    {
      host: text(/^(\[[0-9a-fA-F:.]{2,45}\]|[^\s/:[\]@]{1,253})$/, allowed),
      port: z.int(allowed).check(z.minimum(1), z.maximum(65_535)),
    },
    allowed,
  );
}
