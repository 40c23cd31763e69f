import type { DeclineReason } from './declines.ts';

/** One of Stripe's test cards and what it does. https://docs.stripe.com/testing */
export interface CardRow {
  readonly number: string;
  /** The ends of `pm_card_…` and `tok_…`. */
  readonly names?: readonly string[];
  readonly brand: string;
  readonly funding?: 'credit' | 'debit' | 'prepaid';
  /** ISO 3166-1 of the issuer; US if absent. */
  readonly country?: string;
  /** The second network of a co-branded card. */
  readonly coBrand?: 'cartes_bancaires' | 'eftpos_au';
  /** Every charge is declined. */
  readonly decline?: DeclineReason;
  /** A card that declines cannot be attached to a customer, but for those that say so. */
  readonly attaches?: true;
  readonly authentication?: Authentication;
  readonly dispute?: DisputeKind;
  readonly risk?: 'elevated' | 'highest';
  /** Radar blocks every charge. */
  readonly blocked?: true;
  readonly checks?: Checks;
  /** Refunds succeed later, or fail after they succeeded. */
  readonly refunds?: 'pending' | 'fail';
  /** The money of a charge is available at once. */
  readonly bypassesPending?: true;
}

/**
 * When the card asks for 3-D Secure. https://docs.stripe.com/testing#regulatory-cards, #three-ds-cards
 * - unless_set_up: on session always, off session until it was set up.
 * - always: on every payment, however it was set up.
 * - set_up: on session; off session never.
 * - required: on every payment, by the default Radar rules.
 * - lookup_fails: required, and the lookup of 3-D Secure fails: declined at once.
 * - frictionless: on every payment, and it succeeds without the customer.
 * - optional: only on request; `optional_fails`: the authentication on request ends in an error and asks for nothing.
 * - unsupported: never.
 */
export type Authentication =
  | 'unless_set_up'
  | 'always'
  | 'set_up'
  | 'required'
  | 'lookup_fails'
  | 'frictionless'
  | 'optional'
  | 'optional_fails'
  | 'unsupported';

/** https://docs.stripe.com/testing#disputes */
export type DisputeKind =
  | 'fraudulent'
  | 'product_not_received'
  | 'inquiry'
  | 'early_fraud_warning'
  | 'multiple'
  | 'mastercard_compliance'
  | 'debit_not_authorized'
  | 'visa_ce3'
  | 'visa_compliance';

/** Results of checks for which the caller gave data. https://docs.stripe.com/testing#fraud-prevention */
export interface Checks {
  readonly cvc?: 'fail';
  readonly line1?: 'fail' | 'unavailable';
  readonly postal?: 'fail' | 'unavailable';
}
