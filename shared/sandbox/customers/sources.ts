import { makeBankAccount, isBank } from '../cards/bank-tokens.ts';
import { cardHash } from '../cards/card-details.ts';
import { DECLINES } from '../cards/declines.ts';
import { rememberSource } from '../cards/payment-methods.ts';
import { createToken, spendToken } from '../cards/tokens.ts';
import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad, declined, missing } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';

/** A card or a bank account, of a customer or of a connected account. https://docs.stripe.com/api/cards/create, https://docs.stripe.com/api/customer_bank_accounts/create */
export function createSource(context: Context): Stored {
  const { source, external_account: external, customer, account, ...params } = context.params;
  const param = source === undefined ? 'external_account' : 'source';
  const given = source ?? external;
  const owner =
    typeof customer === 'string'
      ? { customer: inPath(context, 'customer', customer, 'customer').id }
      : { account: account ?? null };
  const made = isBank(given) ? makeBankAccount(context, given, param, params) : card(context, given, param, params);
  Object.assign(made, owner);
  listExternalAccounts(context, String(account));
  const payer = typeof customer === 'string' ? context.account.get('customer', customer) : undefined;
  if (payer !== undefined) payer['default_source'] ??= made.id;
  return made;
}

/** The next source of the customer becomes the default one. https://docs.stripe.com/api/cards/delete */
function removeSource(context: Context, source: Stored): void {
  const { account } = context;
  const customer = account.get('customer', String(source['customer']));
  account.remove('payment_method', source.id);
  listExternalAccounts(context, String(source['account']), source.id);
  if (customer?.['default_source'] !== source.id) return;
  const next = SOURCE_KINDS.flatMap((kind) => account.all(kind)).find(
    (one) => one['customer'] === customer.id && one.id !== source.id,
  );
  customer['default_source'] = next?.id ?? null;
}

const SOURCE_KINDS = ['card', 'bank_account'];

/** A connected account carries its external accounts, newest first. https://docs.stripe.com/api/accounts/object#account_object-external_accounts */
function listExternalAccounts({ account }: Context, id: string, removed?: string): void {
  const owner = account.get('account', id);
  if (owner === undefined) return;
  const data = SOURCE_KINDS.flatMap((kind) => account.all(kind)).filter(
    (one) => one['account'] === id && one.id !== removed,
  );
  owner['external_accounts'] = {
    object: 'list',
    data: data.reverse(),
    has_more: false,
    total_count: data.length,
    url: `/v1/accounts/${id}/external_accounts`,
  };
}

/** The default source of a customer, unless it is another customer's. https://docs.stripe.com/api/customers/update#update_customer-default_source */
export function checkDefaultSource({ account }: Context, customer: Stored, id: string): void {
  const source = SOURCE_KINDS.map((kind) => account.get(kind, id)).find((one) => one !== undefined);
  if (source?.['customer'] !== customer.id) throw missing('source', id, 'default_source', true);
}

function card(context: Context, given: unknown, param: string, params: Context['params']): Stored {
  const made = make(context, 'Card', params);
  try {
    const token = isHash(given) ? createdToken(context, given) : String(given);
    const spent = spendToken(context, token, param);
    const { decline, attaches } = spent.row;
    if (decline !== undefined && attaches !== true) throw declined(DECLINES[decline]);
    rememberSource(context, made, spent);
    const { checks: _checks, networks: _networks, ...shown } = cardHash(spent);
    const fields = Object.entries(shown).filter(([name]) => Object.hasOwn(made, name));
    return Object.assign(made, Object.fromEntries(fields), { cvc_check: 'pass' });
  } catch (error) {
    context.account.remove('card', made.id);
    throw error;
  }
}

/** A card by its number stands in the request itself. */
function createdToken(context: Context, given: Record<string, unknown>): string {
  const { object: _object, ...number } = given;
  return createToken({ ...context, params: { card: number } }).id;
}

/** POST /v1/customers/{customer}/sources/{id}/verify: by two small amounts. https://docs.stripe.com/ach-deprecated#manually-collecting-and-verifying-bank-accounts */
function verify(context: Context, id: string): Stored {
  const account = inPath(context, 'bank_account', id);
  const given = context.params['amounts'];
  const amounts = Array.isArray(given) ? given.map(Number).sort((a, b) => a - b) : undefined;
  if (account['status'] === 'verified') throw bad('This bank account has already been verified.');
  if (amounts !== undefined && amounts.join() !== TEST_AMOUNTS)
    throw bad('The amounts provided do not match the amounts that were sent to the bank account.', {
      code: 'amounts_mismatch',
      param: 'amounts',
    });
  return Object.assign(account, { status: 'verified' });
}

/** Of bank accounts in test mode. */
const TEST_AMOUNTS = '32,45';

const machine = { create: createSource, remove: removeSource };

export const sources: Required<Pick<Feature, 'entities' | 'actions'>> = {
  actions: { '/v1/customers/{customer}/sources/{id}/verify': verify },
  entities: { BankAccount: machine, Card: machine, CustomerSource: machine, ExternalAccount: machine },
};
