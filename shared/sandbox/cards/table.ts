import type { DeclineReason } from './declines.ts';

/**
 * Stripe's test cards and what they do: one row for each card of https://docs.stripe.com/testing. Cards that only differ in
 * their country are in `countries.ts`.
 */
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
 * - optional: only on request; `optional_fails`: the authentication on request ends in an error and asks for nothing.
 * - unsupported: never.
 */
export type Authentication =
  'unless_set_up' | 'always' | 'set_up' | 'required' | 'lookup_fails' | 'optional' | 'optional_fails' | 'unsupported';

/** https://docs.stripe.com/testing#disputes */
export type DisputeKind =
  | 'fraudulent'
  | 'product_not_received'
  | 'inquiry'
  | 'early_fraud_warning'
  | 'multiple'
  | 'visa_ce3'
  | 'visa_compliance';

/** Results of checks for which the caller gave data. https://docs.stripe.com/testing#fraud-prevention */
export interface Checks {
  readonly cvc?: 'fail';
  readonly line1?: 'fail' | 'unavailable';
  readonly postal?: 'fail' | 'unavailable';
}

/** https://docs.stripe.com/testing#cards */
const BRANDS: readonly CardRow[] = [
  { number: '4242424242424242', names: ['visa', 'us'], brand: 'visa' },
  { number: '4000056655665556', names: ['visa_debit'], brand: 'visa', funding: 'debit' },
  { number: '5555555555554444', names: ['mastercard'], brand: 'mastercard' },
  { number: '2223003122003222', brand: 'mastercard' },
  { number: '5200828282828210', names: ['mastercard_debit'], brand: 'mastercard', funding: 'debit' },
  { number: '5105105105105100', names: ['mastercard_prepaid'], brand: 'mastercard', funding: 'prepaid' },
  {
    number: '378282246310005',
    names: ['amex', 'amex_threeDSecureNotSupported'],
    brand: 'amex',
    authentication: 'unsupported',
  },
  { number: '371449635398431', brand: 'amex', authentication: 'unsupported' },
  { number: '6011111111111117', names: ['discover'], brand: 'discover' },
  { number: '6011000990139424', brand: 'discover' },
  { number: '6011981111111113', brand: 'discover', funding: 'debit' },
  { number: '3056930009020004', names: ['diners'], brand: 'diners' },
  { number: '36227206271667', brand: 'diners' },
  { number: '6555900000604105', brand: 'discover', country: 'KR' },
  { number: '3566002020360505', names: ['jcb'], brand: 'jcb', country: 'JP' },
  { number: '6200000000000005', names: ['unionpay'], brand: 'unionpay', country: 'CN' },
  { number: '6200000000000047', brand: 'unionpay', country: 'CN', funding: 'debit' },
  { number: '6205500000000000004', brand: 'unionpay', country: 'CN' },
  {
    number: '4000002500001001',
    names: ['visa_cartesBancaires'],
    brand: 'visa',
    coBrand: 'cartes_bancaires',
    country: 'FR',
  },
  {
    number: '5555552500001001',
    names: ['mastercard_cartesBancaires'],
    brand: 'mastercard',
    coBrand: 'cartes_bancaires',
    country: 'FR',
  },
  {
    number: '4000050360000001',
    names: ['visa_debit_eftposAuCoBranded'],
    brand: 'visa',
    coBrand: 'eftpos_au',
    country: 'AU',
    funding: 'debit',
  },
  {
    number: '5555050360000080',
    names: ['mastercard_debit_eftposAuCoBranded'],
    brand: 'mastercard',
    coBrand: 'eftpos_au',
    country: 'AU',
    funding: 'debit',
  },
];

function visa(number: string, names: readonly string[], rest: Partial<CardRow>): CardRow {
  return { number, names, brand: 'visa', ...rest };
}

/** Each reason has a name with the brand, and one without it. */
function declining(number: string, reason: string, decline: DeclineReason): CardRow {
  return visa(number, [`visa_chargeDeclined${reason}`, `chargeDeclined${reason}`], { decline });
}

/** https://docs.stripe.com/testing#declined-payments */
const DECLINING: readonly CardRow[] = [
  declining('4000000000000002', '', 'generic'),
  declining('4000000000009995', 'InsufficientFunds', 'insufficientFunds'),
  visa('', ['visa_debit_chargeDeclinedInsufficientFunds'], { decline: 'insufficientFunds', funding: 'debit' }),
  declining('4000000000009987', 'LostCard', 'lostCard'),
  declining('4000000000009979', 'StolenCard', 'stolenCard'),
  declining('4000000000000069', 'ExpiredCard', 'expired'),
  declining('', 'Fraudulent', 'fraudulent'),
  declining('4000000000000127', 'IncorrectCvc', 'incorrectCvc'),
  declining('4000000000000119', 'ProcessingError', 'processingError'),
  declining('4000000000006975', 'VelocityLimitExceeded', 'velocity'),
  visa('4000000000000341', ['chargeCustomerFail', 'visa_chargeCustomerFail'], { decline: 'generic', attaches: true }),
  visa('', ['visa_chargeCustomerFailLostCard'], { decline: 'lostCard', attaches: true }),
  visa('', ['visa_chargeCustomerFailStolenCard'], { decline: 'stolenCard', attaches: true }),
];

/** https://docs.stripe.com/testing#fraud-prevention */
const FRAUD: readonly CardRow[] = [
  visa('4100000000000019', ['radarBlock'], { risk: 'highest', blocked: true }),
  visa('4000000000004954', ['riskLevelHighest'], { risk: 'highest' }),
  visa('4000000000009235', ['riskLevelElevated'], { risk: 'elevated' }),
  visa('4000000000000101', ['cvcCheckFail'], { checks: { cvc: 'fail' } }),
  visa('4000000000000036', ['avsZipFail'], { checks: { postal: 'fail' } }),
  visa('4000058400307872', ['cvcCheckFailElevatedRisk'], { checks: { cvc: 'fail' }, risk: 'elevated' }),
  visa('4000058400306072', ['avsZipFailElevatedRisk'], { checks: { postal: 'fail' }, risk: 'elevated' }),
  visa('4000000000000028', ['avsLine1Fail'], { checks: { line1: 'fail' } }),
  visa('4000000000000010', ['avsFail'], { checks: { line1: 'fail', postal: 'fail' } }),
  visa('4000000000000044', ['avsUnchecked'], { checks: { line1: 'unavailable', postal: 'unavailable' } }),
];

/** https://docs.stripe.com/testing#disputes, #refunds, #available-balance */
const AFTERWARDS: readonly CardRow[] = [
  visa('4000000000000259', ['createDispute'], { dispute: 'fraudulent' }),
  visa('4000000000002685', ['createDisputeProductNotReceived'], { dispute: 'product_not_received' }),
  visa('4000000000001976', ['createDisputeInquiry'], { dispute: 'inquiry' }),
  visa('4000000000005423', ['createIssuerFraudRecord'], { dispute: 'early_fraud_warning' }),
  visa('4000000404000079', ['createMultipleDisputes'], { dispute: 'multiple' }),
  visa('4000000404000038', ['createCe3EligibleDispute'], { dispute: 'visa_ce3' }),
  visa('4000008400000779', ['createComplianceDispute'], { dispute: 'visa_compliance' }),
  visa('4000000000007726', ['pendingRefund'], { refunds: 'pending' }),
  visa('4000000000005126', ['refundFail'], { refunds: 'fail' }),
  visa('4000000000000077', ['bypassPending'], { bypassesPending: true }),
  visa('4000003720000278', ['bypassPendingInternational'], { bypassesPending: true, country: 'IE' }),
];

/** https://docs.stripe.com/testing#regulatory-cards, #three-ds-cards, #three-ds-mobile-challenge-flows, #captcha-challenge */
const AUTHENTICATING: readonly CardRow[] = [
  visa('4000002500003155', ['authenticationRequiredOnSetup'], { authentication: 'unless_set_up', country: 'FR' }),
  visa('4000002760003184', ['authenticationRequired'], { authentication: 'always', country: 'DE' }),
  visa('4000003800000446', ['authenticationRequiredSetupForOffSession'], { authentication: 'set_up', country: 'IT' }),
  visa('4000008260003178', ['authenticationRequiredChargeDeclinedInsufficientFunds'], {
    authentication: 'set_up',
    decline: 'insufficientFunds',
    attaches: true,
    country: 'GB',
  }),
  visa('4000000000003220', ['threeDSecure2Required', 'threeDSecureRequired'], { authentication: 'required' }),
  visa('4000008400001629', ['threeDSecureRequiredChargeDeclined'], {
    authentication: 'required',
    decline: 'generic',
    attaches: true,
  }),
  visa('4000008400001280', ['threeDSecureRequiredProcessingError'], {
    authentication: 'lookup_fails',
    attaches: true,
  }),
  visa('4000000000003055', ['threeDSecureOptional'], { authentication: 'optional' }),
  visa('4000000000003097', ['threeDSecureOptionalProcessingError'], { authentication: 'optional_fails' }),
  visa('4000582600000094', [], { authentication: 'required' }),
  visa('4000582600000045', [], { authentication: 'required' }),
  visa('4000582600000102', [], { authentication: 'required' }),
  visa('4000582600000110', [], { authentication: 'required' }),
  visa('4000000000001208', [], {}),
  visa('4000000000003725', [], {}),
];

export const CARD_ROWS: readonly CardRow[] = [...BRANDS, ...DECLINING, ...FRAUD, ...AFTERWARDS, ...AUTHENTICATING];
