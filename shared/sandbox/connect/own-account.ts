import { make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import type { Stored } from '../store.ts';

/** Of the account that the sandbox's key belongs to. */
const OWN_ACCOUNT_ID = 'acct_1Sandbox00000000';

/** GET /v1/account: the account of the key, or of `Stripe-Account`. https://docs.stripe.com/api/accounts/retrieve */
function ownAccount(context: Context): Stored {
  const platform = context.accountOf('');
  const id = context.account.id === '' ? OWN_ACCOUNT_ID : context.account.id;
  const known = platform.get('account', id);
  if (known !== undefined) return known;
  const made = make({ ...context, account: platform }, 'Account', { id, type: 'standard' });
  platform.remove('account', id);
  return Object.assign(made, { charges_enabled: true, details_submitted: true, payouts_enabled: true });
}

export const ownAccounts: Feature = {
  routes: [
    {
      method: 'GET',
      path: '/v1/account',
      fields: {},
      entity: 'Account',
      list: false,
      run: (context) => ownAccount(context),
    },
  ],
};
