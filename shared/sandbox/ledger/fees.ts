import type { Fee } from './ledger.ts';

/** Stripe's prices of card payments in the United States. https://stripe.com/pricing */
const SHARE = 0.029;
const FIXED = 30;
/** More for cards of other countries, and for conversion into the currency of the balance. */
const INTERNATIONAL = 0.015;
const CONVERSION = 0.01;

/** The fee of a lost or open dispute in cents. https://docs.stripe.com/disputes/how-disputes-work */
export const DISPUTE_FEE = 1500;

/** Stripe's fee of a debit of a bank account: 0.8 %, at most 5.00. https://stripe.com/pricing/local-payment-methods */
export function debitFee(amount: number): Fee {
  return {
    amount: Math.min(Math.round(amount * 0.008), 500),
    type: 'stripe_fee',
    description: 'Stripe processing fees',
  };
}

/** Stripe's fee of a card payment, in minor units of the balance's currency. */
export function cardFee(amount: number, isForeignCard: boolean, isConverted: boolean): Fee {
  const share = SHARE + (isForeignCard ? INTERNATIONAL : 0) + (isConverted ? CONVERSION : 0);
  return { amount: Math.round(amount * share) + FIXED, type: 'stripe_fee', description: 'Stripe processing fees' };
}
