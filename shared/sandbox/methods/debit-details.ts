import { createHash } from 'node:crypto';
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

export function isDebit(type: unknown): boolean {
  return DEBITS.has(type);
}

/** The account number or IBAN that a request has, without blanks. */
export function numberOf(given: unknown): string {
  const { account_number: number, iban } = isHash(given) ? given : {};
  return String(number ?? iban ?? '').replaceAll(' ', '');
}

/** Returns the details of a bank account as Stripe shows them: the last digits, never the whole number. */
export function shownAccount(type: string, given: unknown): Record<string, unknown> {
  const number = numberOf(given);
  const { account_number: _number, iban: _iban, ...rest } = isHash(given) ? given : {};
  if (number === '') return rest;
  const shown = {
    ...rest,
    fingerprint: createHash('sha256').update(number).digest('base64url').slice(0, 16),
    last4: number.slice(-4),
  };
  if (type === 'sepa_debit')
    return {
      ...shown,
      bank_code: number.slice(4, 12),
      branch_code: '',
      country: number.slice(0, 2),
      generated_from: null,
    };
  if (type !== 'us_bank_account') return shown;
  return {
    account_holder_type: 'individual',
    account_type: 'checking',
    bank_name: 'STRIPE TEST BANK',
    financial_connections_account: null,
    networks: { preferred: 'ach', supported: ['ach'] },
    routing_number: '110000000',
    status_details: {},
    ...shown,
  };
}
