import { invalidArgument } from '../../errors.ts';

/** Limit of an id in characters (code points). */
export const MAX_ID_LENGTH = 500;
/** Control characters and lone surrogates. For a pattern with the flag `u`. */
const NO_TEXT = '\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff';
/** Any text without control characters, lone surrogates, and the segments that lead to another path. */
export const ID_PATTERN = `^(?!\\.{1,2}$)[^${NO_TEXT}]+$`;
const PLAIN_ID = new RegExp(ID_PATTERN, 'u');

/** An id other than `words`, such as `search`: letters and underscores. For the end of a pattern with the flag `u`. */
export function idPattern(words: readonly string[]): string {
  return `(?!(?:${['\\.{1,2}', ...words].join('|')})$)[^${NO_TEXT}]{1,${MAX_ID_LENGTH}}`;
}

/** A segment of `parent/id` that begins with `prefix` and is not in `words`. For a pattern with the flag `u`. */
export function segmentPattern(words: readonly string[], prefix = ''): string {
  const longest = MAX_ID_LENGTH - prefix.length;
  return `(?!(?:${['\\.{1,2}', ...words].join('|')})(?:/|$))${prefix}[^/${NO_TEXT}]{1,${longest}}`;
}

/**
 * Checks an id that goes into a path at Stripe, where it is encoded as one segment.
 *
 * Ids of coupons, plans and products of before 2018-05-21 have spaces, slashes and signs
 * (https://github.com/stripe/stripe-java/issues/736). `''` would address the collection, and `..` another path.
 *
 * @throws ConnectorError INVALID_ARGUMENT that names the field
 */
export function checkId(field: string, id: unknown): string {
  if (typeof id !== 'string' || id === '')
    throw invalidArgument([{ field, description: 'must be an id, as a string' }]);
  if (isTooLong(id)) throw invalidArgument([{ field, description: `must have at most ${MAX_ID_LENGTH} characters` }]);
  if (!PLAIN_ID.test(id)) {
    throw invalidArgument([
      { field, description: 'must be an id without control characters or lone surrogates, and not . or ..' },
    ]);
  }
  return id;
}

/** Two UTF-16 units can be one character. */
function isTooLong(id: string): boolean {
  return id.length > MAX_ID_LENGTH && (id.length > 2 * MAX_ID_LENGTH || Array.from(id).length > MAX_ID_LENGTH);
}

/** Visible ASCII, because it is also sent as a header. */
export const OPERATION_ID_PATTERN = '^[!-~]{1,255}$';
const OPERATION_ID_REGEXP = new RegExp(OPERATION_ID_PATTERN);

/** Validates the caller's idempotency key. Source of the limit: https://docs.stripe.com/api/idempotent_requests */
export function checkOperationId(field: string, id: string): void {
  if (!isOperationId(id)) throw invalidArgument([{ field, description: 'must be 1 to 255 visible ASCII characters' }]);
}

/** Returns whether a text is a valid idempotency key of a caller. */
export function isOperationId(id: string): boolean {
  return OPERATION_ID_REGEXP.test(id);
}

const ACCOUNT_ID = /^acct_[A-Za-z0-9]{1,64}$/;

/** Returns whether a text is the id of a Stripe account. */
export function isAccount(id: string): boolean {
  return ACCOUNT_ID.test(id);
}
