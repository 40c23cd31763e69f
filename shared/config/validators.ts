import * as z from 'zod/mini';
import { isObject } from '../is-object.ts';

/**
 * Schemas of the values of settings and environment variables. Each has an error text that describes the allowed
 * values. `npm run settings` derives the Terraform validations of the settings from the JSON Schemas of their values.
 * zod cannot derive a JSON Schema from a function that checks a value, so each setting with such a function also states
 * its JSON Schema.
 */

/** The JSON Schema of a value that a function checks. */
type JsonSchemaOfValue = z.core.JSONSchemaMeta;

/** An integer from `min` to `max`. */
export function integer(min: number, max: number): z.ZodMiniType<number> {
  return z.int(`an integer from ${min} to ${max}`).check(z.minimum(min), z.maximum(max));
}

/** A string that matches the pattern. `allowed` describes the pattern in errors. */
export function text(pattern: RegExp, allowed: string): z.ZodMiniType<string> {
  return z.string(allowed).check(z.regex(pattern));
}

/** A string of at most `max` characters. */
export function maxText(max: number): z.ZodMiniType<string> {
  return z.string(`at most ${max} characters`).check(z.maxLength(max));
}

/** One of the values. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T): z.ZodMiniType<T[number]> {
  return z.enum(values, `one of ${values.join(', ')}`);
}

/** True or false. */
export function boolean(): z.ZodMiniType<boolean> {
  return z.boolean('true or false');
}

/** An http or https URL, with or without a port. */
export function url(): z.ZodMiniType<string> {
  return z
    .string('an http or https URL')
    .check(z.refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value)));
}

/**
 * A value that one function checks as a whole, so that an invalid list has one error and not an error for each item.
 */
function checked<T>(
  allowed: string,
  jsonSchema: JsonSchemaOfValue,
  isValid: (value: unknown) => boolean,
): z.ZodMiniType<T> {
  return z.custom<T>(isValid, { error: allowed, abort: false }).register(z.globalRegistry, jsonSchema);
}

/** A list of strings. */
export function stringList(pattern: RegExp, allowed: string, max?: number, min = 0): z.ZodMiniType<string[]> {
  const isItem = (item: unknown): boolean => typeof item === 'string' && pattern.test(item);
  return checked(
    allowed,
    { type: 'array', items: { type: 'string', pattern: pattern.source }, minItems: min, maxItems: max },
    (value) => Array.isArray(value) && value.length >= min && value.length <= (max ?? Infinity) && value.every(isItem),
  );
}

/** A list of operations and actions, in which `*` means all of them. `examples` names operations for the error text. */
export function allowlist(examples: string): z.ZodMiniType<string[]> {
  return stringList(
    /^(\*|[A-Za-z0-9]+(\.[A-Za-z0-9]+)*)$/,
    `at most 1000 operations (${examples}) and actions, or *`,
    1000,
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
    /^projects\/[^/\s]+\/topics\/[A-Za-z][\w.~+%-]{2,254}$/,
    'projects/P/topics/T, where T does not begin with goog',
  )
    .check(z.refine((name) => !name.includes('/topics/goog')))
    .register(z.globalRegistry, { not: { pattern: '/topics/goog' } });
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
  return stringList(CURRENCY, 'at least one currency in lower case, such as usd', undefined, 1);
}

/**
 * A map. `keys` is the pattern of each key, and `isValid` checks each value. `values` is the JSON Schema of a value.
 */
function mapOf<T>(
  allowed: string,
  {
    keys,
    values,
    minProperties = 0,
  }: { readonly keys: RegExp; readonly values: JsonSchemaOfValue; readonly minProperties?: number },
  isValid: (value: unknown) => boolean,
): z.ZodMiniType<Record<string, T>> {
  return checked(
    allowed,
    { type: 'object', propertyNames: { pattern: keys.source }, additionalProperties: values, minProperties },
    (value) =>
      isObject(value) &&
      Object.keys(value).length >= minProperties &&
      Object.entries(value).every(([name, member]) => keys.test(name) && isValid(member)),
  );
}

/** Amounts by currency, each in the minor unit of its currency. */
export function amounts(): z.ZodMiniType<Record<string, number>> {
  return mapOf(
    'integers from 0 by currency in lower case, at least one: {"usd": 50000}',
    { keys: CURRENCY, values: { type: 'integer', minimum: 0 }, minProperties: 1 },
    (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  );
}

const LABEL_VALUE = /^[a-z0-9_-]{0,63}$/;

/** Labels in Google Cloud's format. */
export function labels(): z.ZodMiniType<Record<string, string>> {
  return mapOf(
    'keys of lowercase letters, digits, _ and -, starting with a letter, and values of the same characters, each at most 63',
    { keys: /^[a-z][a-z0-9_-]{0,62}$/, values: { type: 'string', pattern: LABEL_VALUE.source } },
    (value) => typeof value === 'string' && LABEL_VALUE.test(value),
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

/** A list of e-mail addresses. */
export function emails(max: number): z.ZodMiniType<string[]> {
  return stringList(
    /^[^\s@:]{1,64}@[A-Za-z0-9.-]{1,190}$/,
    `at most ${max} e-mail addresses of service accounts or users`,
    max,
  );
}
