import { make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad, missing } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';

/** The currency of each country's balance. https://docs.stripe.com/payouts#supported-accounts-and-settlement-currencies */
const CURRENCIES: Readonly<Record<string, string>> = {
  AU: 'aud',
  BR: 'brl',
  CA: 'cad',
  CH: 'chf',
  CZ: 'czk',
  DK: 'dkk',
  GB: 'gbp',
  HK: 'hkd',
  HU: 'huf',
  JP: 'jpy',
  MX: 'mxn',
  MY: 'myr',
  NO: 'nok',
  NZ: 'nzd',
  PL: 'pln',
  RO: 'ron',
  SE: 'sek',
  SG: 'sgd',
  TH: 'thb',
  US: 'usd',
};

/** POST /v1/accounts. The sandbox asks for no documents: what is requested is active. https://docs.stripe.com/connect/account-capabilities */
function createAccount(context: Context): Stored {
  const { capabilities: requested, ...params } = context.params;
  const account = make(context, 'Account', params);
  const country = typeof params['country'] === 'string' ? params['country'].toUpperCase() : 'US';
  Object.assign(account, {
    capabilities: {},
    country,
    default_currency: params['default_currency'] ?? CURRENCIES[country] ?? 'eur',
  });
  request(account, requested);
  return account;
}

/** POST /v1/accounts/{id} */
function updateAccount(context: Context, account: Stored): void {
  request(account, context.params['capabilities']);
  delete context.params['capabilities'];
}

function request(account: Stored, requested: unknown): void {
  const capabilities = { ...(account['capabilities'] as Record<string, unknown>) };
  for (const [name, wanted] of isHash(requested) ? Object.entries(requested) : []) {
    if (!isHash(wanted) || wanted['requested'] === undefined) continue;
    capabilities[name] = wanted['requested'] === true ? 'active' : 'inactive';
  }
  const accepts = capabilities['card_payments'] === 'active';
  Object.assign(account, {
    capabilities,
    charges_enabled: accepts,
    details_submitted: Object.keys(capabilities).length > 0,
    payouts_enabled: capabilities['transfers'] === 'active' || accepts,
  });
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

export const connectAccounts: Feature = { entities: { Account: { create: createAccount, update: updateAccount } } };
