import type { Fee } from './ledger.ts';

/** Stripe's fees for card payments in the United States: a rate, and a fixed fee in cents. https://stripe.com/pricing */
const CARD_RATE = 0.029;
const CARD_FIXED_FEE = 30;
/** Additional rates for cards of other countries, and for conversion to the currency of the balance. */
const INTERNATIONAL_RATE = 0.015;
const CONVERSION_RATE = 0.01;

/** The fee of a lost or open dispute in cents. https://docs.stripe.com/disputes/how-disputes-work */
export const DISPUTE_FEE = 1500;

/** Returns Stripe's fee for a bank debit: 0.8 %, at most 5.00. https://stripe.com/pricing/local-payment-methods */
export function debitFee(amount: number): Fee {
  return {
    amount: Math.min(Math.round(amount * 0.008), 500),
    type: 'stripe_fee',
    description: 'Stripe processing fees',
  };
}

/** Returns Stripe's fee for a card payment, in minor units of the balance's currency. */
export function cardFee(amount: number, isForeignCard: boolean, isConverted: boolean): Fee {
  const rate = CARD_RATE + (isForeignCard ? INTERNATIONAL_RATE : 0) + (isConverted ? CONVERSION_RATE : 0);
  return {
    amount: Math.round(amount * rate) + CARD_FIXED_FEE,
    type: 'stripe_fee',
    description: 'Stripe processing fees',
  };
}
