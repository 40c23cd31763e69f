import { invalidArgument } from '../../errors.ts';
import { isWellFormed } from './params/scalars.ts';

/** Limit of an id in bytes. */
export const MAX_ID_BYTES = 500;
/** No control characters, and not `.` or `..`, which would lead to another path. */
export const ID_PATTERN = '^(?!\\.{1,2}$)[^\\u0000-\\u001f\\u007f-\\u009f]+$';
const ID = new RegExp(ID_PATTERN);

/**
 * Validates an id that becomes one encoded segment of a path at Stripe.
 *
 * The rule is lenient, because coupons, plans and products created before 2018-05-21 have ids with spaces, slashes and
 * symbols (https://github.com/stripe/stripe-java/issues/736). `''` would address the collection, `..` another path.
 */
export function checkId(field: string, id: unknown): string {
  if (typeof id !== 'string' || id === '')
    throw invalidArgument([{ field, description: 'must be an id, as a string' }]);
  if (Buffer.byteLength(id) > MAX_ID_BYTES)
    throw invalidArgument([{ field, description: `must have at most ${MAX_ID_BYTES} bytes` }]);
  if (!ID.test(id) || !isWellFormed(id)) {
    throw invalidArgument([
      { field, description: 'must be an id without control characters or lone surrogates, and not . or ..' },
    ]);
  }
  return id;
}

/** Visible ASCII, because it is also sent as a header. */
export const OPERATION_ID_PATTERN = '^[!-~]{1,255}$';
const OPERATION_ID = new RegExp(OPERATION_ID_PATTERN);

/** Validates the caller's idempotency key. Source of the limit: https://docs.stripe.com/api/idempotent_requests */
export function checkOperationId(field: string, id: string): void {
  if (!isOperationId(id)) throw invalidArgument([{ field, description: 'must be 1 to 255 visible ASCII characters' }]);
}

export function isOperationId(id: string): boolean {
  return OPERATION_ID.test(id);
}

const ACCOUNT = /^acct_[A-Za-z0-9]{1,64}$/;

export function isAccount(id: string): boolean {
  return ACCOUNT.test(id);
}
