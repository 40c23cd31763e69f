import { makeObject, type Context } from '../context.ts';
import type { DebitFailure } from '../methods/debit-account.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';

/** Test bank accounts to which payouts fail: the account number, the suffix of the token, and the failure. https://docs.stripe.com/connect/testing#payouts */
const PAYOUT_FAILURES: readonly (readonly [number: string, token: string, failure: DebitFailure])[] = [
  ['000111111116', 'noAccount', 'no_account'],
  ['000111111113', 'accountClosed', 'account_closed'],
  ['000222222227', 'insufficientFunds', 'insufficient_funds'],
  ['000333333335', 'debitNotAuthorized', 'debit_not_authorized'],
  ['000444444440', 'invalidCurrency', 'invalid_currency'],
];

interface TestBank {
  readonly number: string;
  readonly status: string;
}

/** Test bank accounts by their token. https://docs.stripe.com/connect/testing#account-numbers */
const BANK_TOKENS: Readonly<Record<string, TestBank>> = {
  btok_us: { number: '000123456789', status: 'new' },
  btok_us_verified: { number: '000123456789', status: 'verified' },
  btok_us_verificationFailed: { number: '000111111116', status: 'verification_failed' },
  ...Object.fromEntries(
    PAYOUT_FAILURES.map(([number, token]) => [`btok_us_verified_${token}`, { number, status: 'verified' }]),
  ),
};

/** Values of the fields of a bank account that the request does not set. */
const BANK = {
  bank_name: 'STRIPE TEST BANK',
  country: 'US',
  currency: 'usd',
  routing_number: '110000000',
};

/** Returns whether a parameter contains a bank account: its data, or its token. */
export function isBankAccount(input: unknown): boolean {
  return isHash(input) ? input['object'] === 'bank_account' : String(input).startsWith('btok_');
}

/** Returns why a payout to a bank account fails, or undefined if it succeeds. */
export function payoutFailure({ account }: Context, bank: StoredObject): DebitFailure | undefined {
  return PAYOUT_FAILURES.find(([number]) => number === account.privateData.get(`number ${bank.id}`))?.[2];
}

/** Creates a bank account from its data or its token, for a customer or for the payouts of a connected account. */
export function makeBankAccount(
  context: Context,
  input: unknown,
  param: string,
  params: Context['params'],
): StoredObject {
  const { account } = context;
  const id = String(input);
  const data = isHash(input) ? input : (account.privateData.get(`bank ${id}`) as Record<string, unknown> | undefined);
  if (isHash(input)) checkRoutingNumber(input, param);
  const testAccount = BANK_TOKENS[id];
  if (data === undefined && testAccount === undefined) throw noSuchObject('token', id, param, true);
  const bankAccount = makeObject(context, 'BankAccount', { ...params, ...bankFields(data ?? {}) });
  const number = testAccount?.number ?? String(data?.['account_number'] ?? '');
  account.privateData.set(`number ${bankAccount.id}`, number);
  return Object.assign(bankAccount, {
    ...BANK,
    ...bankFields(data ?? {}),
    fingerprint: `fp${bankAccount.id.slice(-14)}`,
    last4: number.slice(-4),
    status: testAccount?.status ?? 'new',
  });
}

/** POST /v1/tokens with a bank account. https://docs.stripe.com/api/tokens/create_bank_account */
export function makeBankToken(context: Context, data: Record<string, unknown>): StoredObject {
  checkRoutingNumber(data, 'bank_account');
  const token = makeObject(context, 'Token', { id: context.ids.id('token').replace('tok_', 'btok_') });
  context.account.privateData.set(`bank ${token.id}`, data);
  const number = String(data['account_number'] ?? '');
  const shownFields = { ...BANK, ...bankFields(data), last4: number.slice(-4), status: 'new' };
  const bank_account = { id: context.ids.id('bank_account'), object: 'bank_account', ...shownFields };
  return Object.assign(token, { bank_account, card: null, client_ip: null, type: 'bank_account', used: false });
}

/**
 * Checks the routing number of a bank account if the data has `country: 'US'`. The number has nine digits, and the last
 * one is a check digit. https://docs.stripe.com/error-codes#routing-number-invalid
 */
function checkRoutingNumber(data: Record<string, unknown>, param: string): void {
  const routing = data['routing_number'];
  if (routing === undefined || data['country'] !== 'US') return;
  const weights = [3, 7, 1, 3, 7, 1, 3, 7, 1];
  const sum = weights.reduce((total, weight, position) => total + weight * Number(String(routing).charAt(position)), 0);
  if (/^\d{9}$/.test(String(routing)) && sum % 10 === 0) return;
  throw badRequest('You must use a valid routing number.', {
    code: 'routing_number_invalid',
    param: `${param}[routing_number]`,
  });
}

/** Returns the fields of the input that the bank account object has too. */
function bankFields(input: Record<string, unknown>): Record<string, unknown> {
  const names = ['country', 'currency', 'routing_number', 'account_holder_name', 'account_holder_type'];
  return Object.fromEntries(names.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])));
}
