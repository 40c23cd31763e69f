import { invalidArgument } from '../../errors.ts';
import { isWellFormed } from './params/scalars.ts';

/** Bytes of an id at most. */
export const MAX_ID_LENGTH = 500;
/** No control characters, and not the words by which a path leads elsewhere. */
export const ID_PATTERN = '^(?!\\.{1,2}$)[^\\u0000-\\u001f\\u007f-\\u009f]+$';
const ID = new RegExp(ID_PATTERN);

/**
 * An id that goes into a path at Stripe, where it is encoded as one segment. Wide, because coupons, plans and products of before
 * 2018-05-21 have ids with spaces, slashes and signs (https://github.com/stripe/stripe-java/issues/736); never `''`, which
 * would address the collection, nor `..`, which another one.
 */
export function checkId(field: string, id: unknown): string {
  if (typeof id !== 'string' || id === '') throw invalidArgument([{ field, description: 'must be an id, as text' }]);
  if (Buffer.byteLength(id) > MAX_ID_LENGTH)
    throw invalidArgument([{ field, description: `must have at most ${MAX_ID_LENGTH} bytes` }]);
  if (!ID.test(id) || !isWellFormed(id)) {
    throw invalidArgument([
      { field, description: 'must be an id: no control characters, no half of a surrogate pair, no . or ..' },
    ]);
  }
  return id;
}

/** Visible ASCII: it is a header too. */
export const OPERATION_ID_PATTERN = '^[!-~]{1,255}$';
const OPERATION_ID = new RegExp(OPERATION_ID_PATTERN);

/** The caller's idempotency key. Source of the limit: https://docs.stripe.com/api/idempotent_requests */
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
