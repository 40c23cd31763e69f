import { objectInParam, objectInPath, makeObject, platformContext, type Context } from '../context.ts';
import { createSource } from '../customers/sources.ts';
import type { Feature } from '../feature.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import { applyParams, type StoredObject } from '../store.ts';
import { capabilityRoutes, requestCapabilities } from './capabilities.ts';
import { CURRENCY_OF_COUNTRY } from './countries.ts';
import { countrySpecRoutes } from './country-specs.ts';

/**
 * POST /v1/accounts. A requested capability is active at once, unless a value of the account fails the verification.
 * https://docs.stripe.com/connect/account-capabilities
 */
function createAccount(context: Context): StoredObject {
  const { capabilities: requestedCapabilities, external_account: externalAccount, ...params } = context.params;
  const account = makeObject(context, 'Account', params);
  const country = typeof params['country'] === 'string' ? params['country'].toUpperCase() : 'US';
  Object.assign(account, {
    capabilities: {},
    country,
    default_currency: params['default_currency'] ?? CURRENCY_OF_COUNTRY[country] ?? 'eur',
  });
  requestCapabilities(context, account, requestedCapabilities);
  addExternalAccount(context, account, externalAccount);
  return account;
}

/** POST /v1/accounts/{id} */
function updateAccount(context: Context, account: StoredObject): void {
  const { capabilities: requestedCapabilities, external_account: externalAccount, ...params } = context.params;
  delete context.params['capabilities'];
  delete context.params['external_account'];
  applyParams(account, params, context.entity('Account').fields);
  requestCapabilities(context, account, requestedCapabilities);
  addExternalAccount(context, account, externalAccount);
}

/** Adds the bank account or debit card that receives payouts. https://docs.stripe.com/api/accounts/create#create_account-external_account */
function addExternalAccount(context: Context, account: StoredObject, data: unknown): void {
  if (data === undefined || data === '') return;
  createSource({ ...context, params: { external_account: data, account: account.id } });
}

/** POST /v1/accounts/{id}/reject. https://docs.stripe.com/api/account/reject */
function rejectAccount(context: Context, id: string): StoredObject {
  const account = objectInPath(context, 'account', id, 'account');
  const reason = String(context.params['reason']);
  const rejectReason = /^(fraud|terms_of_service)/.exec(reason)?.[1] ?? 'other';
  requestCapabilities(context, account, {});
  const inactive = Object.keys(account['capabilities'] as object).map((name) => [name, 'inactive']);
  return Object.assign(account, {
    capabilities: Object.fromEntries(inactive) as object,
    charges_enabled: false,
    payouts_enabled: false,
    requirements: { ...(account['requirements'] as object), disabled_reason: `rejected.${rejectReason}` },
  });
}

/**
 * Returns the handler of POST /v1/account_links or /v1/account_sessions. The connected account of the request must
 * exist.
 * https://docs.stripe.com/api/account_links/create, https://docs.stripe.com/api/account_sessions/create
 */
function createForAccount(entity: string): (context: Context) => StoredObject {
  return (context) => {
    objectInParam(platformContext(context), 'account', 'account');
    return makeObject(context, entity, context.params);
  };
}

/** Rejects a destination account that cannot receive transfers. https://docs.stripe.com/error-codes#insufficient-capabilities-for-transfer */
export function checkDestination({ accountOf }: Context, id: string, param: string): void {
  const account = accountOf('').get('account', id);
  if (account === undefined) throw noSuchObject('destination', id, param, true);
  const capabilities = account['capabilities'] as Record<string, unknown> | undefined;
  if (capabilities?.['transfers'] === 'active' || capabilities?.['legacy_payments'] === 'active') return;
  throw badRequest(
    'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
    { code: 'insufficient_capabilities_for_transfer', param },
  );
}

export const connectAccounts: Feature = {
  entities: {
    Account: { create: createAccount, beforeUpdate: updateAccount },
    AccountLink: { create: createForAccount('AccountLink') },
    AccountSession: { create: createForAccount('AccountSession') },
  },
  actions: { '/v1/accounts/{id}/reject': rejectAccount },
  routes: [...capabilityRoutes, ...countrySpecRoutes],
};
