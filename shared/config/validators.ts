import * as z from 'zod';
import { isObject } from '../is-object.ts';

/**
 * Validators of setting values. Each has a test and one sentence that describes the allowed values. The validations in
 * `infra/blueprint` use the same sentences. One schema per setting, because every cold start creates them all.
 */
function kind<T>(allowed: string, test: (value: unknown) => boolean): z.ZodCustom<T, T> {
  return z.custom<T>(test, allowed);
}

function isWhole(value: unknown, least: number, max: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= max;
}

function isMatchingText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isListOf(value: unknown, least: number, max: number, test: (value: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length >= least && value.length <= max && value.every(test);
}

function isRecordOf(value: unknown, key: RegExp, test: (value: unknown) => boolean): boolean {
  return isObject(value) && Object.entries(value).every(([name, value]) => key.test(name) && test(value));
}

/** An integer from `least` to `max`. */
export function integer(least: number, max: number): z.ZodCustom<number, number> {
  return kind(`an integer from ${least} to ${max}`, (value) => isWhole(value, least, max));
}

/** A string that matches the pattern. `allowed` describes the pattern in errors. */
export function text(pattern: RegExp, allowed: string): z.ZodCustom<string, string> {
  return kind(allowed, (value) => isMatchingText(value, pattern));
}

/** One of the values. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T): z.ZodCustom<T[number], T[number]> {
  return kind(`one of ${values.join(', ')}`, (value) => values.some((name) => name === value));
}

/** True or false. */
export function boolean(): z.ZodCustom<boolean, boolean> {
  return kind('true or false', (value) => typeof value === 'boolean');
}

/** `http://host`, `https://host:port` */
export function url(): z.ZodCustom<string, string> {
  return kind(
    'an http or https URL',
    (value) => isMatchingText(value, /^https?:\/\//i) && URL.canParse(value as string),
  );
}

/** A list of strings. The same sentence describes the list and its items. */
export function stringList(pattern: RegExp, allowed: string, max: number, least = 0): z.ZodCustom<string[], string[]> {
  return kind(allowed, (value) => isListOf(value, least, max, (value) => isMatchingText(value, pattern)));
}

/** Requests per second. */
export function rate(): z.ZodCustom<number, number> {
  return kind('a number above 0, at most 10000', (value) => typeof value === 'number' && value > 0 && value <= 10_000);
}

const SECRET_VERSION = /^projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255}\/versions\/([1-9]\d*|latest)$/;

/** The resource name of a Secret Manager version. */
export function secretVersion(): z.ZodCustom<string, string> {
  return text(SECRET_VERSION, 'projects/P/secrets/S/versions/V, where V is a number or latest');
}

/** A list of Secret Manager versions. */
export function secretVersions(max: number): z.ZodCustom<string[], string[]> {
  return stringList(
    SECRET_VERSION,
    `at most ${max} secret versions projects/P/secrets/S/versions/V, where V is a number or latest`,
    max,
  );
}

/** The resource name of a Pub/Sub topic. */
export function topic(): z.ZodCustom<string, string> {
  // https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
  return text(
    /^projects\/[^/\s]+\/topics\/(?!goog)[A-Za-z][\w.~+%-]{2,254}$/,
    'projects/P/topics/T, where T does not begin with goog',
  );
}

/** The id of a Stripe account. */
export function account(): z.ZodCustom<string, string> {
  return text(ACCOUNT_PATTERN, 'a Stripe account, acct_...');
}

const ACCOUNT_PATTERN = /^acct_[A-Za-z0-9]{1,64}$/;

/** A list of Stripe account ids. */
export function accounts(max: number): z.ZodCustom<string[], string[]> {
  return stringList(ACCOUNT_PATTERN, `at most ${max} Stripe accounts, acct_...`, max);
}

const CURRENCY = /^[a-z]{3,10}$/;

/** A list of at least one currency in lower case. */
export function currencies(): z.ZodCustom<string[], string[]> {
  return stringList(CURRENCY, 'at least one currency in lower case, such as usd', Infinity, 1);
}

/** Amounts by currency, in its minor unit. */
export function amounts(): z.ZodCustom<Record<string, number>, Record<string, number>> {
  return kind(
    'integers from 0 by currency in lower case, at least one: {"usd": 50000}',
    (value) =>
      isRecordOf(value, CURRENCY, (value) => isWhole(value, 0, Number.MAX_SAFE_INTEGER)) &&
      Object.keys(value as object).length > 0,
  );
}

/** Labels in Google Cloud's format. */
export function labels(): z.ZodCustom<Record<string, string>, Record<string, string>> {
  return kind(
    'keys of lowercase letters, digits, _ and -, starting with a letter, and values of the same characters, each at most 63',
    (value) => isRecordOf(value, /^[a-z][a-z0-9_-]{0,62}$/, (value) => isMatchingText(value, /^[a-z0-9_-]{0,63}$/)),
  );
}

/** A host and a port. */
export function hostAndPort(): z.ZodObject<{ host: z.ZodCustom<string>; port: z.ZodCustom<number> }, z.core.$strict> {
  const allowed = 'a host and a port from 1 to 65535';
  return z.strictObject(
    {
      host: text(/^(\[[0-9a-fA-F:.]{2,45}\]|[^\s/:[\]@]{1,253})$/, allowed),
      port: kind<number>(allowed, (value) => isWhole(value, 1, 65_535)),
    },
    allowed,
  );
}
