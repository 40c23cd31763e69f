import type { ConnectorError } from '../../errors.ts';
import type { StripeRequest } from '../transport.ts';
import { nodesOf } from './params-tree.ts';
import { policyError } from './policy-error.ts';

/** Matches a text that starts as an account id does. Such a text is rejected unless it equals an allowed account. */
const LIKE_ACCOUNT = /^\s*acct_/;

/**
 * Throws ACCOUNT_NOT_ALLOWED if a request names an account that is not allowed, in its path, its parameters, its filters
 * or as its Stripe-Account. Metadata is not checked, because Stripe does not interpret it.
 */
export function checkAccounts(allowed: ReadonlySet<string>, { path, params, account }: StripeRequest): void {
  if (account !== undefined && !allowed.has(account)) throw accountNotAllowed('accountId');
  for (const segment of path.split('/')) {
    const id = decodeURIComponent(segment);
    if (LIKE_ACCOUNT.test(id) && !allowed.has(id)) throw accountNotAllowed('the id in the path');
  }
  for (const { name, field, value } of nodesOf(params, (name) => name !== 'metadata')) {
    if (LIKE_ACCOUNT.test(name) && !allowed.has(name)) throw accountNotAllowed(field);
    if (typeof value === 'string' && LIKE_ACCOUNT.test(value) && !allowed.has(value)) throw accountNotAllowed(field);
  }
}

function accountNotAllowed(field: string): ConnectorError {
  return policyError(`${field}: the connection does not allow this account`, 'ACCOUNT_NOT_ALLOWED');
}
