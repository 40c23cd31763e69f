import { BRAND_ROWS } from './brands.ts';
import type { CardRow } from './card-row.ts';
import type { DeclineReason } from './declines.ts';

function visa(number: string, names: readonly string[], behavior: Partial<CardRow>): CardRow {
  return { number, names, brand: 'visa', ...behavior };
}

/**
 * Returns a card whose charges are declined. The card has two names, for example `visa_chargeDeclinedLostCard` and
 * `chargeDeclinedLostCard`.
 */
function declinedCard(number: string, reason: string, decline: DeclineReason): CardRow {
  return visa(number, [`visa_chargeDeclined${reason}`, `chargeDeclined${reason}`], { decline });
}

/** https://docs.stripe.com/testing#declined-payments */
const DECLINED_CARDS: readonly CardRow[] = [
  declinedCard('4000000000000002', '', 'generic'),
  declinedCard('4000000000009995', 'InsufficientFunds', 'insufficientFunds'),
  visa('', ['visa_debit_chargeDeclinedInsufficientFunds'], { decline: 'insufficientFunds', funding: 'debit' }),
  declinedCard('4000000000009987', 'LostCard', 'lostCard'),
  declinedCard('4000000000009979', 'StolenCard', 'stolenCard'),
  declinedCard('4000000000000069', 'ExpiredCard', 'expired'),
  declinedCard('', 'Fraudulent', 'fraudulent'),
  declinedCard('4000000000000127', 'IncorrectCvc', 'incorrectCvc'),
  declinedCard('4000000000000119', 'ProcessingError', 'processingError'),
  declinedCard('4000000000006975', 'VelocityLimitExceeded', 'velocity'),
  visa('4000000000000341', ['chargeCustomerFail', 'visa_chargeCustomerFail'], { decline: 'generic', attaches: true }),
  visa('', ['visa_chargeCustomerFailLostCard'], { decline: 'lostCard', attaches: true }),
  visa('', ['visa_chargeCustomerFailStolenCard'], { decline: 'stolenCard', attaches: true }),
];

/** https://docs.stripe.com/testing#fraud-prevention */
const FRAUD_CARDS: readonly CardRow[] = [
  visa('4100000000000019', ['radarBlock'], { risk: 'highest', blocked: true }),
  visa('4000000000004954', ['riskLevelHighest'], { risk: 'highest' }),
  visa('4000000000009235', ['riskLevelElevated'], { risk: 'elevated' }),
  // The next four cards are blocked only by Radar settings that are off by default, so they succeed.
  visa('4000008400000407', ['highFraudDisputeScore'], {}),
  visa('4000008400000159', ['highEfwScore'], {}),
  visa('4000008400001017', ['radarDynamicRiskThreshold'], {}),
  visa('4000008405600003', ['adaptive3dsChallenge'], {}),
  visa('4000000000000101', ['cvcCheckFail'], { checks: { cvc: 'fail' } }),
  visa('4000000000000036', ['avsZipFail'], { checks: { postal: 'fail' } }),
  visa('4000058400307872', ['cvcCheckFailElevatedRisk'], { checks: { cvc: 'fail' }, risk: 'elevated' }),
  visa('4000058400306072', ['avsZipFailElevatedRisk'], { checks: { postal: 'fail' }, risk: 'elevated' }),
  visa('4000000000000028', ['avsLine1Fail'], { checks: { line1: 'fail' } }),
  visa('4000000000000010', ['avsFail'], { checks: { line1: 'fail', postal: 'fail' } }),
  visa('4000000000000044', ['avsUnchecked'], { checks: { line1: 'unavailable', postal: 'unavailable' } }),
];

/** https://docs.stripe.com/testing#disputes, #refunds, #available-balance */
const CARDS_WITH_LATER_EVENTS: readonly CardRow[] = [
  visa('4000000000000259', ['createDispute'], { dispute: 'fraudulent' }),
  visa('4000000000002685', ['createDisputeProductNotReceived'], { dispute: 'product_not_received' }),
  visa('4000000000001976', ['createDisputeInquiry'], { dispute: 'inquiry' }),
  visa('4000000000005423', ['createIssuerFraudRecord'], { dispute: 'early_fraud_warning' }),
  visa('4000000404000079', ['createMultipleDisputes'], { dispute: 'multiple' }),
  visa('4000000404000038', ['createCe3EligibleDispute'], { dispute: 'visa_ce3' }),
  visa('4000008400000779', ['createComplianceDispute'], { dispute: 'visa_compliance' }),
  {
    number: '5105008400000002',
    names: ['createMastercardComplianceDispute'],
    brand: 'mastercard',
    dispute: 'mastercard_compliance',
  },
  visa('4000000001000043', ['createAutoRepresentmentEligibleDispute'], { dispute: 'fraudulent' }),
  // The sandbox's account has no program that prevents disputes. https://docs.stripe.com/testing#dispute-prevention
  visa('4000000404004816', ['createRapidDisputeResolutionDispute'], { dispute: 'fraudulent' }),
  visa('4000000404005649', ['createCe3BlockDispute'], { dispute: 'fraudulent' }),
  { number: '5105000300000018', names: ['createEthocaAlert'], brand: 'mastercard', dispute: 'fraudulent' },
  visa('4000000000007726', ['pendingRefund'], { refunds: 'pending' }),
  visa('4000000000005126', ['refundFail'], { refunds: 'fail' }),
  visa('4000000000000077', ['bypassPending'], { bypassesPending: true }),
  visa('4000003720000278', ['bypassPendingInternational'], { bypassesPending: true, country: 'IE' }),
];

/** https://docs.stripe.com/testing#regulatory-cards, #three-ds-cards, #three-ds-mobile-challenge-flows, #captcha-challenge */
const CARDS_WITH_AUTHENTICATION: readonly CardRow[] = [
  visa('4000002500003155', ['authenticationRequiredOnSetup'], { authentication: 'unless_set_up', country: 'FR' }),
  visa('4000002760003184', ['authenticationRequired'], { authentication: 'always', country: 'DE' }),
  visa('4000003800000446', ['authenticationRequiredSetupForOffSession'], { authentication: 'set_up', country: 'IT' }),
  visa('4000008260003178', ['authenticationRequiredChargeDeclinedInsufficientFunds'], {
    authentication: 'set_up',
    decline: 'insufficientFunds',
    attaches: true,
    country: 'GB',
  }),
  visa('4000000000003220', ['threeDSecure2Required', 'threeDSecureRequired'], {
    authentication: 'required',
    country: 'IE',
  }),
  visa('4000008400000027', [], { authentication: 'required' }),
  visa('4000000032200000', [], { authentication: 'frictionless' }),
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

/**
 * The test cards on https://docs.stripe.com/testing, without those of `countries.ts`. `brands.ts` has the cards of each
 * brand, and this file has the cards for other test cases.
 */
export const CARD_ROWS: readonly CardRow[] = [
  ...BRAND_ROWS,
  ...DECLINED_CARDS,
  ...FRAUD_CARDS,
  ...CARDS_WITH_LATER_EVENTS,
  ...CARDS_WITH_AUTHENTICATION,
];
