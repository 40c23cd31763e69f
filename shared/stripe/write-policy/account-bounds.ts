import type { ConnectorError } from '../../errors.ts';
import type { StripeRequest } from '../transport.ts';
import { idsOf } from './named-values.ts';
import { policyError } from './policy-error.ts';

/** Matches a text that starts as an account id does. Such a text is rejected unless it equals an allowed account. */
const LIKE_ACCOUNT = /^\s*acct_/;

/**
 * Throws ACCOUNT_NOT_ALLOWED if a request names an account that is not allowed, in its path, its parameters, its filters
 * or as its Stripe-Account. Metadata is not checked, because Stripe does not interpret it.
 */
export function checkAccounts(allowed: ReadonlySet<string>, { path, params, account }: StripeRequest): void {
  if (account !== undefined && !allowed.has(account)) throw accountNotAllowed('accountId');
  for (const { field, value } of idsOf({ path, params }))
    if (LIKE_ACCOUNT.test(value) && !allowed.has(value)) throw accountNotAllowed(field);
}

function accountNotAllowed(field: string): ConnectorError {
  return policyError(`${field}: the connection does not allow this account`, 'ACCOUNT_NOT_ALLOWED');
}
