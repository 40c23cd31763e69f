import { cardHash } from '../cards/card-details.ts';
import { createToken, spendToken } from '../cards/tokens.ts';
import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad, missing } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';

/** Test bank accounts by their token. https://docs.stripe.com/connect/testing#account-numbers */
const BANK_TOKENS: Readonly<Record<string, { last4: string; status: string }>> = {
  btok_us: { last4: '6789', status: 'new' },
  btok_us_verified: { last4: '6789', status: 'verified' },
  btok_us_verificationFailed: { last4: '1116', status: 'verification_failed' },
};

const BANK = {
  bank_name: 'STRIPE TEST BANK',
  country: 'US',
  currency: 'usd',
  routing_number: '110000000',
};

/** A card or a bank account, of a customer or of a connected account. https://docs.stripe.com/api/cards/create, https://docs.stripe.com/api/customer_bank_accounts/create */
function createSource(context: Context): Stored {
  const { source, external_account: external, customer, account, ...params } = context.params;
  const param = source === undefined ? 'external_account' : 'source';
  const given = source ?? external;
  const owner =
    typeof customer === 'string'
      ? { customer: inPath(context, 'customer', customer, 'customer').id }
      : { account: account ?? null };
  const made = isBank(given) ? bankAccount(context, given, param, params) : card(context, given, param, params);
  Object.assign(made, owner);
  const payer = typeof customer === 'string' ? context.account.get('customer', customer) : undefined;
  if (payer !== undefined) payer['default_source'] ??= made.id;
  return made;
}

function isBank(given: unknown): boolean {
  return isHash(given) ? given['object'] === 'bank_account' : String(given).startsWith('btok_');
}

function bankAccount(context: Context, given: unknown, param: string, params: Context['params']): Stored {
  if (isHash(given)) {
    const number = String(given['account_number'] ?? '');
    const made = make(context, 'BankAccount', { ...params, ...given });
    return Object.assign(made, { ...BANK, ...bankDetails(given), last4: number.slice(-4), status: 'new' });
  }
  const token = BANK_TOKENS[String(given)];
  if (token === undefined && context.account.get('token', String(given)) === undefined)
    throw missing('token', String(given), param, true);
  const made = make(context, 'BankAccount', params);
  return Object.assign(made, {
    ...BANK,
    last4: '6789',
    status: 'new',
    fingerprint: `fp${made.id.slice(-14)}`,
    ...token,
  });
}

function bankDetails(given: Record<string, unknown>): object {
  const names = ['country', 'currency', 'routing_number', 'account_holder_name', 'account_holder_type'];
  return Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])));
}

function card(context: Context, given: unknown, param: string, params: Context['params']): Stored {
  const made = make(context, 'Card', params);
  try {
    const token = isHash(given) ? createdToken(context, given) : String(given);
    const { checks: _checks, networks: _networks, ...shown } = cardHash(spendToken(context, token, param));
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

const machine = { create: createSource };

export const sources: Required<Pick<Feature, 'entities' | 'actions'>> = {
  actions: { '/v1/customers/{customer}/sources/{id}/verify': verify },
  entities: { BankAccount: machine, Card: machine, CustomerSource: machine, ExternalAccount: machine },
};
