import { invalidArgument } from '../../errors.ts';

/** Limit of an id in characters (code points). */
export const MAX_ID_LENGTH = 500;
/** Control characters and lone surrogates, for a pattern with the flag `u`. */
const FORBIDDEN_CHARACTERS = '\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff';
/** Pattern of an id: no control characters and no lone surrogates. `.` and `..` would lead to another path. */
export const ID_PATTERN = `^(?!\\.{1,2}$)[^${FORBIDDEN_CHARACTERS}]+$`;
const PLAIN_ID = new RegExp(ID_PATTERN, 'u');

/**
 * Returns a pattern for an id that is not a reserved word such as `search`. The pattern needs the flag `u`, and must be
 * at the end of a larger pattern.
 */
export function idPattern(reservedWords: readonly string[]): string {
  return `(?!(?:${['\\.{1,2}', ...reservedWords].join('|')})$)[^${FORBIDDEN_CHARACTERS}]{1,${MAX_ID_LENGTH}}`;
}

/**
 * Returns a pattern for one part of `parent/id` that starts with a prefix and is not a reserved word. The pattern needs
 * the flag `u`.
 */
export function segmentPattern(reservedWords: readonly string[], prefix = ''): string {
  const maxLength = MAX_ID_LENGTH - prefix.length;
  return `(?!(?:${['\\.{1,2}', ...reservedWords].join('|')})(?:/|$))${prefix}[^/${FORBIDDEN_CHARACTERS}]{1,${maxLength}}`;
}

/**
 * Checks an id that goes into a path at Stripe, where it is encoded as one segment.
 *
 * Coupons, plans and products that were created before 2018-05-21 may have spaces, slashes and symbols in their ids
 * (https://github.com/stripe/stripe-java/issues/736). An empty id would address the collection, and `..` another path.
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

/** Returns whether an id has more than MAX_ID_LENGTH code points. A code point has one or two UTF-16 units. */
function isTooLong(id: string): boolean {
  return id.length > MAX_ID_LENGTH && (id.length > 2 * MAX_ID_LENGTH || Array.from(id).length > MAX_ID_LENGTH);
}

/** Pattern of an operation id: visible ASCII, because it is also sent as a header. */
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
