import { ConnectorError } from '../../errors.ts';
import type { StripeRequest } from '../transport.ts';
import { nodesOf } from './params-tree.ts';

/** What begins as an account's id does, wherever it stands: several in one text, or one with a path, are no listed account. */
const ACCOUNT = /^\s*acct_/;

/**
 * Throws ACCOUNT_NOT_ALLOWED where a request names an account that is not among the allowed ones: in its path, in its
 * parameters or filters, or as the account that it is sent for. Metadata is the caller's own.
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
