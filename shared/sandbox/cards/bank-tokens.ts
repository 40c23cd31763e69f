import { make, type Context } from '../context.ts';
import type { DebitFailure } from '../methods/debit-account.ts';
import { bad, missing } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';

/** Why payouts to test bank accounts fail, by number and by the end of the token. https://docs.stripe.com/connect/testing#payouts */
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

const BANK = {
  bank_name: 'STRIPE TEST BANK',
  country: 'US',
  currency: 'usd',
  routing_number: '110000000',
};

export function isBank(given: unknown): boolean {
  return isHash(given) ? given['object'] === 'bank_account' : String(given).startsWith('btok_');
}

/** Returns the reason why a payout to a bank account fails, undefined if it succeeds. */
export function payoutFailure({ account }: Context, bank: Stored): DebitFailure | undefined {
  return PAYOUT_FAILURES.find(([number]) => number === account.hidden.get(`number ${bank.id}`))?.[2];
}

/** A bank account from its data or its token: of a customer, or to pay a connected account out to. */
export function makeBankAccount(context: Context, given: unknown, param: string, params: Context['params']): Stored {
  const { account } = context;
  const id = String(given);
  const data = isHash(given) ? given : (account.hidden.get(`bank ${id}`) as Record<string, unknown> | undefined);
  if (isHash(given)) checkRoutingNumber(given, param);
  const test = BANK_TOKENS[id];
  if (data === undefined && test === undefined) throw missing('token', id, param, true);
  const made = make(context, 'BankAccount', { ...params, ...bankFields(data ?? {}) });
  const number = test?.number ?? String(data?.['account_number'] ?? '');
  account.hidden.set(`number ${made.id}`, number);
  return Object.assign(made, {
    ...BANK,
    ...bankFields(data ?? {}),
    fingerprint: `fp${made.id.slice(-14)}`,
    last4: number.slice(-4),
    status: test?.status ?? 'new',
  });
}

/** POST /v1/tokens with a bank account. https://docs.stripe.com/api/tokens/create_bank_account */
export function makeBankToken(context: Context, data: Record<string, unknown>): Stored {
  checkRoutingNumber(data, 'bank_account');
  const token = make(context, 'Token', { id: context.ids.id('token').replace('tok_', 'btok_') });
  context.account.hidden.set(`bank ${token.id}`, data);
  const number = String(data['account_number'] ?? '');
  const shown = { ...BANK, ...bankFields(data), last4: number.slice(-4), status: 'new' };
  const bank_account = { id: context.ids.id('bank_account'), object: 'bank_account', ...shown };
  return Object.assign(token, { bank_account, card: null, client_ip: null, type: 'bank_account', used: false });
}

/** Nine digits in the United States, the last of which checks the others. https://docs.stripe.com/error-codes#routing-number-invalid */
function checkRoutingNumber(data: Record<string, unknown>, param: string): void {
  const routing = data['routing_number'];
  if (routing === undefined || data['country'] !== 'US') return;
  const weights = [3, 7, 1, 3, 7, 1, 3, 7, 1];
  const sum = weights.reduce((total, weight, place) => total + weight * Number(String(routing).charAt(place)), 0);
  if (/^\d{9}$/.test(String(routing)) && sum % 10 === 0) return;
  throw bad('You must use a valid routing number.', {
    code: 'routing_number_invalid',
    param: `${param}[routing_number]`,
  });
}

function bankFields(given: Record<string, unknown>): Record<string, unknown> {
  const names = ['country', 'currency', 'routing_number', 'account_holder_name', 'account_holder_type'];
  return Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])));
}
