import { invalid } from '../errors.ts';

const LONGEST_ID = 255;
/** Letters, digits and a few signs, and not dots alone. */
export const ID_PATTERN = '^(?!\\.+$)[A-Za-z0-9_.:~@+=-]+$';
const ID = new RegExp(ID_PATTERN);

/**
 * An id that goes into a path at Stripe. Strict, because `''` would address the collection and `..` another one;
 * wide enough for the ids that callers choose (coupons, plans, report types such as `balance.summary.1`).
 */
export function checkId(field: string, id: unknown): string {
  if (typeof id !== 'string' || id === '') throw invalid([{ field, description: 'must be an id, as text' }]);
  if (id.length > LONGEST_ID) throw invalid([{ field, description: `must have at most ${LONGEST_ID} characters` }]);
  if (!ID.test(id)) {
    throw invalid([{ field, description: 'must be an id of letters, digits and _ . : ~ @ + = -' }]);
  }
  return id;
}

const OPERATION_ID = /^[\x21-\x7e]{1,255}$/;

/** The caller's idempotency key. Source of the limit: https://docs.stripe.com/api/idempotent_requests */
export function checkOperationId(field: string, id: string): void {
  if (!isOperationId(id)) throw invalid([{ field, description: 'must be 1 to 255 visible ASCII characters' }]);
}

export function isOperationId(id: string): boolean {
  return OPERATION_ID.test(id);
}

const ACCOUNT = /^acct_[A-Za-z0-9]{1,64}$/;

export function isAccount(id: string): boolean {
  return ACCOUNT.test(id);
}
