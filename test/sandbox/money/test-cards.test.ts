/** Every test card of Stripe's page: by its number, its PaymentMethod and its token. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from './shop.ts';
import { BY_BRAND, BY_COUNTRY, SUCCEEDING, type ListedCard } from './test-card-list.ts';

const documented = inShop();

const EXPIRY = { exp_month: 3, exp_year: 2031, cvc: '123' };

/** The ways to pay with a card. */
function waysOf({ number, names }: Pick<ListedCard, 'number' | 'names'>): object[] {
  const byData = (card: object): object => ({ payment_method: undefined, payment_method_data: { type: 'card', card } });
  return [
    ...(number === '' ? [] : [byData({ number, ...EXPIRY })]),
    ...names.flatMap((name) => [{ payment_method: `pm_card_${name}` }, byData({ token: `tok_${name}` })]),
  ];
}

async function paysEachWay({ pay, charge }: Shop, card: ListedCard): Promise<void> {
  for (const way of waysOf(card)) {
    const paid = await charge(await pay(way));
    const { brand, country, funding, last4 } = paid.payment_method_details?.card ?? {};
    assert.deepEqual(
      [paid.status, brand, country, funding, last4],
      ['succeeded', card.brand, card.country, card.funding, card.number.slice(-4)],
      JSON.stringify(way),
    );
  }
}

const SECTIONS: readonly (readonly [page: string, behaviour: string, cards: readonly ListedCard[]])[] = [
  ['/testing#cards', 'the cards of each brand pay', BY_BRAND],
  ['/testing#international-cards', 'the cards of each country pay', BY_COUNTRY],
  ['/testing#fraud-prevention', 'the cards that only Radar, refunds or the balance treat differently pay', SUCCEEDING],
];

for (const [page, behaviour, cards] of SECTIONS)
  documented(page, `${behaviour}, by number, PaymentMethod and token`, async (shop) => {
    for (const card of cards) await paysEachWay(shop, card);
  });

/** Number, names, error code, decline code: cards that are declined when they are charged, and not before. */
const DECLINING: readonly (readonly [string, string, string, string])[] = [
  ['4000000000000341', 'chargeCustomerFail visa_chargeCustomerFail', 'card_declined', 'generic_decline'],
  ['', 'visa_chargeCustomerFailLostCard', 'card_declined', 'lost_card'],
  ['', 'visa_chargeCustomerFailStolenCard', 'card_declined', 'stolen_card'],
  ['4100000000000019', 'radarBlock', 'card_declined', 'fraudulent'],
  ['4000000000004954', 'riskLevelHighest', 'card_declined', 'fraudulent'],
  ['4000008400001280', 'threeDSecureRequiredProcessingError', 'card_declined', 'generic_decline'],
];

for (const [number, names, code, decline] of DECLINING)
  documented('/testing#declined-payments', `${names} is declined as ${decline} when it is charged`, async (shop) => {
    for (const way of waysOf({ number, names: names.split(' ') }))
      await rejected(shop.pay(way), { statusCode: 402, code, decline_code: decline });
  });

/** Number, names: cards that wait for their customer. */
const AUTHENTICATING: readonly (readonly [string, string])[] = [
  ['4000002500003155', 'authenticationRequiredOnSetup'],
  ['4000002760003184', 'authenticationRequired'],
  ['4000003800000446', 'authenticationRequiredSetupForOffSession'],
  ['4000008260003178', 'authenticationRequiredChargeDeclinedInsufficientFunds'],
  ['4000000000003220', 'threeDSecure2Required'],
  ['4000008400000027', ''],
  ['4000008400001629', 'threeDSecureRequiredChargeDeclined'],
  ['4000582600000094', ''],
  ['4000582600000045', ''],
  ['4000582600000102', ''],
  ['4000582600000110', ''],
];

documented(
  '/testing#regulatory-cards',
  'the cards that require 3-D Secure wait for their customer',
  async ({ pay }) => {
    for (const [number, name] of AUTHENTICATING)
      for (const way of waysOf({ number, names: name === '' ? [] : [name] }))
        assert.equal((await pay(way)).status, 'requires_action', JSON.stringify(way));
  },
);

documented('/testing#three-ds-cards', '4000000032200000 is authenticated without the customer', async (shop) => {
  const data = { type: 'card', card: { number: '4000000032200000', ...EXPIRY } };
  const paid = await shop.charge(await shop.pay({ payment_method: undefined, payment_method_data: data }));
  const { result, authentication_flow: flow } = paid.payment_method_details?.card?.three_d_secure ?? {};
  assert.deepEqual([result, flow], ['authenticated', 'frictionless']);
});

/** Number, name, reason, network. */
const DISPUTED: readonly (readonly [string, string, string, string])[] = [
  ['4000000000000259', 'createDispute', 'fraudulent', 'visa'],
  ['4000000000002685', 'createDisputeProductNotReceived', 'product_not_received', 'visa'],
  ['4000000000001976', 'createDisputeInquiry', 'fraudulent', 'visa'],
  ['4000000404000079', 'createMultipleDisputes', 'fraudulent', 'visa'],
  ['4000000404000038', 'createCe3EligibleDispute', 'fraudulent', 'visa'],
  ['4000008400000779', 'createComplianceDispute', 'noncompliant', 'visa'],
  ['5105008400000002', 'createMastercardComplianceDispute', 'noncompliant', 'mastercard'],
  ['4000000001000043', 'createAutoRepresentmentEligibleDispute', 'fraudulent', 'visa'],
  ['4000000404004816', 'createRapidDisputeResolutionDispute', 'fraudulent', 'visa'],
  ['4000000404005649', 'createCe3BlockDispute', 'fraudulent', 'visa'],
  ['5105000300000018', 'createEthocaAlert', 'fraudulent', 'mastercard'],
];

for (const [number, name, reason, network] of DISPUTED)
  documented('/testing#disputes', `${number} and ${name} are disputed as ${reason}`, async ({ pay, stripe }) => {
    for (const way of waysOf({ number, names: [name] })) {
      const { id } = await pay(way);
      const { data } = await stripe.disputes.list({ payment_intent: id });
      assert.equal(data.length, name === 'createMultipleDisputes' ? 2 : 1);
      assert.deepEqual(
        data.map((dispute) => [dispute.reason, dispute.payment_method_details?.card?.network]),
        data.map(() => [reason, network]),
      );
    }
  });

documented('/testing#evidence', 'escalate_inquiry_evidence makes a dispute of an inquiry', async ({ pay, stripe }) => {
  const { id } = await pay({ payment_method: 'pm_card_createDisputeInquiry' });
  const inquiry = (await stripe.disputes.list({ payment_intent: id })).data[0] as Stripe.Dispute;
  assert.deepEqual([inquiry.status, inquiry.balance_transactions], ['warning_needs_response', []]);
  const escalated = await stripe.disputes.update(inquiry.id, {
    evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
  });
  assert.deepEqual([escalated.status, escalated.balance_transactions[0]?.amount], ['needs_response', -1000]);
});
