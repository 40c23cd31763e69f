import { isHash } from '../store.ts';

/** Debits of bank accounts, which are processed for days before they succeed. https://docs.stripe.com/payments/bank-debits */
const DEBITS: ReadonlySet<unknown> = new Set([
  'acss_debit',
  'au_becs_debit',
  'bacs_debit',
  'nz_bank_account',
  'sepa_debit',
  'us_bank_account',
]);

export function isDelayed(type: unknown): boolean {
  return DEBITS.has(type);
}

/** What Stripe answers of a bank account: the end of its number, and never the number. */
export function shownAccount(given: unknown): Record<string, unknown> {
  const { account_number: number, iban, ...rest } = isHash(given) ? given : {};
  const whole = String(number ?? iban ?? '').replaceAll(' ', '');
  if (whole === '') return rest;
  return {
    ...rest,
    ...(iban === undefined ? {} : { bank_code: whole.slice(4, 12), country: whole.slice(0, 2) }),
    fingerprint: `fp${whole.slice(-4)}`,
    last4: whole.slice(-4),
  };
}
