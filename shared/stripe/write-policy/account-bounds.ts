import { ConnectorError } from '../../errors.ts';
import type { StripeRequest } from '../transport.ts';
import { nodesOf } from './params-tree.ts';

/** Text that starts like an account id, at any position. A text with several ids or with a path is not a listed account. */
const ACCOUNT = /^\s*acct_/;

/**
 * Throws ACCOUNT_NOT_ALLOWED if a request names an account that is not allowed: in its path, its parameters, its filters,
 * or as the account of the request. Metadata is not checked: it is the caller's.
 */
export function checkAccounts(allowed: ReadonlySet<string>, { path, params, account }: StripeRequest): void {
  if (account !== undefined && !allowed.has(account)) throw notAllowed('accountId');
  for (const segment of path.split('/')) {
    const id = decodeURIComponent(segment);
    if (ACCOUNT.test(id) && !allowed.has(id)) throw notAllowed('the id in the path');
  }
  for (const { name, field, value } of nodesOf(params, (name) => name !== 'metadata')) {
    if (ACCOUNT.test(name) && !allowed.has(name)) throw notAllowed(field);
    if (typeof value === 'string' && ACCOUNT.test(value) && !allowed.has(value)) throw notAllowed(field);
  }
}

function notAllowed(field: string): ConnectorError {
  return new ConnectorError('PERMISSION_DENIED', `${field}: the connection does not allow this account`, {
    reason: 'ACCOUNT_NOT_ALLOWED',
  });
}
