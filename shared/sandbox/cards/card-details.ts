import type { StoredObject } from '../store.ts';
import { fullYear, last4, type CardInput } from './cards.ts';
import type { CardRow } from './card-row.ts';

/** The expiry of a card for which the request has a name, such as `pm_card_visa`, instead of card data. */
const NAMED_EXPIRY = { exp_month: 12, exp_year: 2034 };

/**
 * A test card and the card data of the request. `input` is absent if the request has a name, such as `pm_card_visa`.
 */
export interface Card {
  readonly row: CardRow;
  readonly input?: CardInput;
}

type Address = Readonly<Record<string, unknown>>;

/** Returns the field `card` of a payment method. https://docs.stripe.com/api/payment_methods/object#payment_method_object-card */
export function cardHash({ row, input }: Card, address: Address = {}): Record<string, unknown> {
  const networks = [row.brand, ...(row.coBrand === undefined ? [] : [row.coBrand])];
  return {
    brand: row.brand,
    checks: checksOf(row, input, address),
    country: row.country ?? 'US',
    display_brand: row.brand,
    exp_month: input?.exp_month === undefined ? NAMED_EXPIRY.exp_month : Number(input.exp_month),
    exp_year: input?.exp_year === undefined ? NAMED_EXPIRY.exp_year : fullYear(input.exp_year),
    fingerprint: cardFingerprint(row),
    funding: row.funding ?? 'credit',
    generated_from: null,
    last4: last4(row),
    networks: { available: networks, preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: row.authentication !== 'unsupported' },
    wallet: null,
  };
}

/**
 * Returns the results of the checks of address and CVC. The result is null for data that the request does not have. If
 * the request has only the name of a card, such as `pm_card_visa`, the CVC is checked.
 * https://docs.stripe.com/testing#fraud-prevention
 */
function checksOf({ checks = {} }: CardRow, input: CardInput | undefined, address: Address): object {
  const hasCvc = input === undefined || input.cvc !== undefined;
  const has = (name: string): boolean => typeof address[name] === 'string' && address[name] !== '';
  return {
    address_line1_check: has('line1') ? (checks.line1 ?? 'pass') : null,
    address_postal_code_check: has('postal_code') ? (checks.postal ?? 'pass') : null,
    cvc_check: hasCvc ? (checks.cvc ?? 'pass') : null,
  };
}

/** Returns the fingerprint of a card. All payment methods with the same card number have the same fingerprint. */
function cardFingerprint({ number, names = [] }: CardRow): string {
  return `fp${(number === '' ? (names[0] ?? '') : number).slice(-14)}`;
}

/** Returns the field `payment_method_details` of a charge. https://docs.stripe.com/api/charges/object#charge_object-payment_method_details */
export function paymentDetails(method: StoredObject, amount: unknown, threeDSecure: object | null): object {
  const type = String(method['type']);
  const hash = method[type];
  if (type !== 'card') return { type, [type]: hash ?? {} };
  const {
    networks: _networks,
    three_d_secure_usage: _usage,
    generated_from: _from,
    display_brand: _display,
    ...card
  } = hash as Record<string, unknown>;
  return {
    type,
    card: {
      ...card,
      amount_authorized: amount,
      authorization_code: '123456',
      extended_authorization: { status: 'disabled' },
      incremental_authorization: { status: 'unavailable' },
      installments: null,
      mandate: null,
      multicapture: { status: 'unavailable' },
      network: card['brand'],
      network_token: { used: false },
      overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
      three_d_secure: threeDSecure,
    },
  };
}
