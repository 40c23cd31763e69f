import { inParam, inPath, make, type Context } from '../context.ts';
import { createSource } from '../customers/sources.ts';
import type { Feature } from '../feature.ts';
import { bad, missing } from '../refusal.ts';
import { assign, type Stored } from '../store.ts';
import { capabilityRoutes, requestCapabilities } from './capabilities.ts';
import { CURRENCIES } from './countries.ts';
import { countrySpecRoutes } from './country-specs.ts';

/** POST /v1/accounts. The sandbox asks for no documents: what is requested is active. https://docs.stripe.com/connect/account-capabilities */
function createAccount(context: Context): Stored {
  const { capabilities: requested, external_account: external, ...params } = context.params;
  const account = make(context, 'Account', params);
  const country = typeof params['country'] === 'string' ? params['country'].toUpperCase() : 'US';
  Object.assign(account, {
    capabilities: {},
    country,
    default_currency: params['default_currency'] ?? CURRENCIES[country] ?? 'eur',
  });
  requestCapabilities(context, account, requested);
  addExternalAccount(context, account, external);
  return account;
}

/** POST /v1/accounts/{id} */
function updateAccount(context: Context, account: Stored): void {
  const { capabilities: requested, external_account: external, ...params } = context.params;
  delete context.params['capabilities'];
  delete context.params['external_account'];
  assign(account, params, context.entity('Account').fields);
  requestCapabilities(context, account, requested);
  addExternalAccount(context, account, external);
}

/** The bank account or debit card that payouts go to. https://docs.stripe.com/api/accounts/create#create_account-external_account */
function addExternalAccount(context: Context, account: Stored, given: unknown): void {
  if (given === undefined || given === '') return;
  createSource({ ...context, params: { external_account: given, account: account.id } });
}

/** POST /v1/accounts/{id}/reject. https://docs.stripe.com/api/account/reject */
function rejectAccount(context: Context, id: string): Stored {
  const account = inPath(context, 'account', id, 'account');
  const reason = String(context.params['reason']);
  const known = /^(fraud|terms_of_service)/.exec(reason)?.[1] ?? 'other';
  requestCapabilities(context, account, {});
  const inactive = Object.keys(account['capabilities'] as object).map((name) => [name, 'inactive']);
  return Object.assign(account, {
    capabilities: Object.fromEntries(inactive) as object,
    charges_enabled: false,
    payouts_enabled: false,
    requirements: { ...(account['requirements'] as object), disabled_reason: `rejected.${known}` },
  });
}

/**
 * POST /v1/account_links and /v1/account_sessions: of a connected account that is there.
 * https://docs.stripe.com/api/account_links/create, https://docs.stripe.com/api/account_sessions/create
 */
function createOfAccount(entity: string): (context: Context) => Stored {
  return (context) => {
    inParam({ ...context, account: context.accountOf('') }, 'account', 'account');
    return make(context, entity, context.params);
  };
}

/** A transfer needs an account that can receive it. https://docs.stripe.com/error-codes#insufficient-capabilities-for-transfer */
export function checkDestination({ accountOf }: Context, id: string, param: string): void {
  const account = accountOf('').get('account', id);
  if (account === undefined) throw missing('destination', id, param, true);
  const capabilities = account['capabilities'] as Record<string, unknown> | undefined;
  if (capabilities?.['transfers'] === 'active' || capabilities?.['legacy_payments'] === 'active') return;
  throw bad(
    'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
    { code: 'insufficient_capabilities_for_transfer', param },
  );
}

export const connectAccounts: Feature = {
  entities: {
    Account: { create: createAccount, update: updateAccount },
    AccountLink: { create: createOfAccount('AccountLink') },
    AccountSession: { create: createOfAccount('AccountSession') },
  },
  actions: { '/v1/accounts/{id}/reject': rejectAccount },
  routes: [...capabilityRoutes, ...countrySpecRoutes],
};
