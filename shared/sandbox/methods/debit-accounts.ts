import type { DebitAccount } from './debit-account.ts';
import { SEPA_ACCOUNTS, sepaOutcome } from './sepa-accounts.ts';

type AccountLine = readonly [number: string, name: string, outcome: Partial<DebitAccount>];

/**
 * Returns the test accounts of a payment method type. The `name` of an account is the id of its test payment method,
 * which begins with `prefix`.
 */
function debitAccounts(type: string, prefix: string, rows: readonly AccountLine[]): readonly DebitAccount[] {
  return rows.map(([number, name, outcome]) => ({
    type,
    number,
    name: name === '' ? undefined : `${prefix}_${name}`,
    ...outcome,
  }));
}

/** https://docs.stripe.com/testing#ach-direct-debit */
const US_ACCOUNTS = debitAccounts('us_bank_account', 'pm_usBankAccount', [
  ['000123456789', 'success', {}],
  ['000111111113', 'accountClosed', { failure: 'account_closed' }],
  ['000000004954', 'riskLevelHighest', { isBlocked: true }],
  ['000111111116', 'noAccount', { failure: 'no_account' }],
  ['000222222227', 'insufficientFunds', { failure: 'insufficient_funds' }],
  ['000333333335', 'debitNotAuthorized', { failure: 'debit_not_authorized' }],
  ['000444444440', 'invalidCurrency', { failure: 'invalid_currency' }],
  ['000666666661', 'failMicrodeposits', { failsMicrodeposits: true }],
  ['000555555559', 'dispute', { isDisputed: true }],
  ['000000000009', 'processing', { staysInProcessing: true }],
  ['000777777771', 'weeklyLimitExceeded', { failure: 'charge_exceeds_weekly_limit' }],
  ['000888888885', '', { failure: 'no_account' }],
]);

/** https://docs.stripe.com/testing#bacs-direct-debit */
const GB_ACCOUNTS = debitAccounts('bacs_debit', 'pm_bacsDebit', [
  ['00012345', 'success', {}],
  ['90012345', 'successDelayed', { isDelayed: true }],
  ['33333335', 'debitNotAuthorized', { failure: 'debit_not_authorized' }],
  ['93333335', 'debitNotAuthorizedDelayed', { failure: 'debit_not_authorized', isDelayed: true }],
  ['22222227', 'insufficientFunds', { failure: 'insufficient_funds' }],
  ['92222227', 'insufficientFundsDelayed', { failure: 'insufficient_funds', isDelayed: true }],
  ['55555559', 'dispute', { isDisputed: true, isDelayed: true }],
  ['00033333', 'mandateRefused', { failure: 'debit_not_authorized' }],
  ['34343434', 'exceedsWeeklyLimit', { failure: 'charge_exceeds_source_limit' }],
  ['12121212', 'exceedsTransactionLimit', { failure: 'charge_exceeds_transaction_limit' }],
]);

/** https://docs.stripe.com/testing#au-becs-direct-debit */
const AU_ACCOUNTS = debitAccounts('au_becs_debit', 'pm_auBecsDebit', [
  ['000123456', 'success', {}],
  ['900123456', 'successDelayed', { isDelayed: true }],
  ['111111113', 'accountClosed', { failure: 'account_closed' }],
  ['111111116', 'noAccount', { failure: 'no_account' }],
  ['222222227', 'referToCustomer', { failure: 'refer_to_customer' }],
  ['922222227', 'referToCustomerDelayed', { failure: 'refer_to_customer', isDelayed: true }],
  ['333333335', 'debitNotAuthorized', { failure: 'debit_not_authorized' }],
  ['666666660', 'dispute', { isDisputed: true }],
  ['343434343', 'exceedsWeeklyLimit', { failure: 'charge_exceeds_source_limit' }],
  ['121212121', 'exceedsTransactionLimit', { failure: 'charge_exceeds_transaction_limit' }],
]);

const DEBIT_ACCOUNTS: readonly DebitAccount[] = [...US_ACCOUNTS, ...GB_ACCOUNTS, ...AU_ACCOUNTS, ...SEPA_ACCOUNTS];
const DEBITS_BY_NAME = new Map(DEBIT_ACCOUNTS.map((row) => [row.name, row]));
const DEBITS_BY_NUMBER = new Map(DEBIT_ACCOUNTS.map((row) => [`${row.type} ${row.number}`, row]));

/** Returns the account of a test payment method such as `pm_usBankAccount_success`. */
export function debitByName(id: string): DebitAccount | undefined {
  return DEBITS_BY_NAME.get(id);
}

/**
 * Returns the test account with a number. If no test account has the number, the last digits of an IBAN decide the
 * outcome of a SEPA debit, and any other debit succeeds.
 */
export function debitByNumber(type: string, number: string): DebitAccount {
  const row = DEBITS_BY_NUMBER.get(`${type} ${number}`);
  return row ?? { type, number, ...(type === 'sepa_debit' ? sepaOutcome(number) : {}) };
}
