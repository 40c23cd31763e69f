import { createHash } from 'node:crypto';
import { isHash } from '../store.ts';

/** Payment method types that debit a bank account. https://docs.stripe.com/payments/bank-debits */
const DEBIT_TYPES: ReadonlySet<unknown> = new Set([
  'acss_debit',
  'au_becs_debit',
  'bacs_debit',
  'nz_bank_account',
  'sepa_debit',
  'us_bank_account',
]);

export function isDebit(type: unknown): boolean {
  return DEBIT_TYPES.has(type);
}

/** Returns the account number or IBAN of a request, without spaces. */
export function accountNumberOf(input: unknown): string {
  const { account_number: number, iban } = isHash(input) ? input : {};
  return String(number ?? iban ?? '').replaceAll(' ', '');
}

/** Returns the details of a bank account as in Stripe's responses, which do not contain the complete number. */
export function accountDetails(type: string, input: unknown): Record<string, unknown> {
  const number = accountNumberOf(input);
  const { account_number: _number, iban: _iban, ...rest } = isHash(input) ? input : {};
  if (number === '') return rest;
  const details = {
    ...rest,
    fingerprint: createHash('sha256').update(number).digest('base64url').slice(0, 16),
    last4: number.slice(-4),
  };
  if (type === 'sepa_debit')
    return {
      ...details,
      bank_code: number.slice(4, 12),
      branch_code: '',
      country: number.slice(0, 2),
      generated_from: null,
    };
  if (type !== 'us_bank_account') return details;
  return {
    account_holder_type: 'individual',
    account_type: 'checking',
    bank_name: 'STRIPE TEST BANK',
    financial_connections_account: null,
    networks: { preferred: 'ach', supported: ['ach'] },
    routing_number: '110000000',
    status_details: {},
    ...details,
  };
}
