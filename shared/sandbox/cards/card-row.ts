import type { DeclineReason } from './declines.ts';

/** A test card of Stripe and its behavior. https://docs.stripe.com/testing */
export interface CardRow {
  /** Empty if Stripe documents no number for the card, but only names. */
  readonly number: string;
  /** Names of the card, as in `pm_card_visa` and `tok_visa`. */
  readonly names?: readonly string[];
  readonly brand: string;
  readonly funding?: 'credit' | 'debit' | 'prepaid';
  /** ISO 3166-1 country of the issuer. US if absent. */
  readonly country?: string;
  /** The second network of a co-branded card. */
  readonly coBrand?: 'cartes_bancaires' | 'eftpos_au';
  /** Why the issuer declines every charge of the card. */
  readonly decline?: DeclineReason;
  /** The card can be attached to a customer although its charges are declined. */
  readonly attaches?: true;
  readonly authentication?: Authentication;
  readonly dispute?: DisputeKind;
  readonly risk?: 'elevated' | 'highest';
  /** Radar blocks every charge. */
  readonly blocked?: true;
  readonly checks?: Checks;
  /** `pending`: refunds are pending at first and succeed later. `fail`: refunds succeed at first and fail later. */
  readonly refunds?: 'pending' | 'fail';
  /** The money of a charge is available at once. */
  readonly bypassesPending?: true;
}

/**
 * When the card requires 3-D Secure. https://docs.stripe.com/testing#regulatory-cards, #three-ds-cards
 * - unless_set_up: on every on-session payment, and on off-session payments until the card is set up.
 * - always: on every payment, even if the card is set up.
 * - set_up: on every on-session payment. The card counts as set up, so never on off-session payments.
 * - required: on every payment, because of the default Radar rules.
 * - lookup_fails: on every payment, but the lookup fails, so the card is declined.
 * - frictionless: on every payment. The authentication succeeds without an action of the customer.
 * - optional: only if the request requires it and the payment is on-session.
 * - optional_fails: only if the request requires it. The authentication fails before the customer can act.
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

/** The checks of CVC and address that do not pass, with their results. https://docs.stripe.com/testing#fraud-prevention */
export interface Checks {
  readonly cvc?: 'fail';
  readonly line1?: 'fail' | 'unavailable';
  readonly postal?: 'fail' | 'unavailable';
}
