import type { Fee } from './ledger.ts';

/** Stripe's fee for a card payment in the United States, as a share of the amount. https://stripe.com/pricing */
const CARD_RATE = 0.029;
/** Fixed part of the fee, in minor units. */
const CARD_FIXED_FEE = 30;
/** Additional share of the amount for a card from another country. */
const INTERNATIONAL_RATE = 0.015;
/** Additional share of the amount for a conversion to the currency of the balance. */
const CONVERSION_RATE = 0.01;

/** The fee for a dispute, in cents. A won dispute returns the fee. https://docs.stripe.com/disputes/how-disputes-work */
export const DISPUTE_FEE = 1500;

/** Returns Stripe's fee for a bank debit: 0.8 % of the amount, at most 500 minor units. https://stripe.com/pricing/local-payment-methods */
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
