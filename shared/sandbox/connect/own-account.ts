import { makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import type { StoredObject } from '../store.ts';

/** Id of the account to which the sandbox's API key belongs. */
const OWN_ACCOUNT_ID = 'acct_1Sandbox00000000';

/** GET /v1/account returns the account of the API key, or of `Stripe-Account`. https://docs.stripe.com/api/accounts/retrieve */
function ownAccount(context: Context): StoredObject {
  const platform = context.accountOf('');
  const id = context.account.id === '' ? OWN_ACCOUNT_ID : context.account.id;
  const existing = platform.get('account', id);
  if (existing !== undefined) return existing;
  const account = makeObject({ ...context, account: platform }, 'Account', { id, type: 'standard' });
  // The account is not stored, because the platform's list of accounts must contain only connected accounts.
  platform.remove('account', id);
  return Object.assign(account, { charges_enabled: true, details_submitted: true, payouts_enabled: true });
}

export const ownAccounts: Feature = {
  routes: [
    {
      method: 'GET',
      path: '/v1/account',
      fields: {},
      entity: 'Account',
      isList: false,
      run: (context) => ownAccount(context),
    },
  ],
};
