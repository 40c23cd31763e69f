/** Cards: declines, brands, invalid data, checks, fraud. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from './shop.ts';

const documented = inShop();

const numbered = ({ stripe }: Shop, card: object): Promise<Stripe.PaymentMethod> =>
  stripe.paymentMethods.create({
    type: 'card',
    card: { number: '4242424242424242', exp_month: 3, exp_year: 2031, cvc: '123', ...card },
  });

/** Number, ends of the names, error code, decline code. */
const DECLINES: readonly (readonly [string, string, string, string?])[] = [
  ['4000000000000002', 'pm_card_visa_chargeDeclined tok_visa_chargeDeclined', 'card_declined', 'generic_decline'],
  [
    '4000000000009995',
    'pm_card_visa_chargeDeclinedInsufficientFunds tok_visa_debit_chargeDeclinedInsufficientFunds',
    'card_declined',
    'insufficient_funds',
  ],
  [
    '4000000000009987',
    'pm_card_visa_chargeDeclinedLostCard tok_visa_chargeDeclinedLostCard',
    'card_declined',
    'lost_card',
  ],
  ['4000000000009979', 'pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
  ['4000000000000069', 'pm_card_chargeDeclinedExpiredCard tok_visa_chargeDeclinedExpiredCard', 'expired_card'],
  ['4000000000000127', 'pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
  ['4000000000000119', 'pm_card_chargeDeclinedProcessingError', 'processing_error'],
  ['4000000000006975', 'pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
];

for (const [number, names, code, decline] of DECLINES)
  documented(
    '/testing#declined-payments',
    `${number} is declined as ${decline ?? code}, by its number and by ${names}, and cannot be attached`,
    async (shop) => {
      const facts = { statusCode: 402, rawType: 'card_error', code, decline_code: decline ?? '' };
      const method = await numbered(shop, { number });
      await rejected(shop.pay({ payment_method: method.id }), facts);
      for (const name of names.split(' ')) {
        const by = name.startsWith('tok_')
          ? { payment_method: undefined, payment_method_data: { type: 'card', card: { token: name } } }
          : { payment_method: name };
        const error = await rejected(shop.pay(by), facts);
        assert.deepEqual((error['payment_intent'] as Stripe.PaymentIntent).status, 'requires_payment_method');
      }
      await rejected(shop.stripe.paymentMethods.attach(method.id, { customer: await shop.customer() }), facts);
    },
  );

/** Name, brand, last four, funding, country. */
const BRANDS: readonly (readonly [string, string, string, string, string])[] = [
  ['visa', 'visa', '4242', 'credit', 'US'],
  ['visa_debit', 'visa', '5556', 'debit', 'US'],
  ['mastercard', 'mastercard', '4444', 'credit', 'US'],
  ['mastercard_prepaid', 'mastercard', '5100', 'prepaid', 'US'],
  ['amex', 'amex', '0005', 'credit', 'US'],
  ['discover', 'discover', '1117', 'credit', 'US'],
  ['diners', 'diners', '0004', 'credit', 'US'],
  ['jcb', 'jcb', '0505', 'credit', 'JP'],
  ['unionpay', 'unionpay', '0005', 'credit', 'CN'],
  ['br', 'visa', '0002', 'credit', 'BR'],
  ['gb_debit', 'visa', '0005', 'debit', 'GB'],
  ['visa_cartesBancaires', 'visa', '1001', 'credit', 'FR'],
];

for (const [name, brand, last4, funding, country] of BRANDS)
  documented('/testing#cards', `pm_card_${name} pays with ${brand} ${last4}`, async ({ pay, stripe }) => {
    const { card } = await stripe.paymentMethods.retrieve(
      String((await pay({ payment_method: `pm_card_${name}` })).payment_method),
    );
    assert.deepEqual([card?.brand, card?.last4, card?.funding, card?.country], [brand, last4, funding, country]);
  });

const INVALID: readonly (readonly [object, string])[] = [
  [{ number: '4242424242424241' }, 'incorrect_number'],
  [{ exp_month: 13 }, 'invalid_expiry_month'],
  [{ exp_month: 0 }, 'invalid_expiry_month'],
  [{ exp_year: 1995 }, 'invalid_expiry_year'],
  [{ exp_year: 95 }, 'invalid_expiry_year'],
  [{ exp_month: 10, exp_year: 2026 }, 'invalid_expiry_month'],
  [{ cvc: '99' }, 'invalid_cvc'],
];

for (const [card, code] of INVALID)
  documented('/testing#invalid-data', `${JSON.stringify(card)} is ${code}`, (shop) =>
    rejected(numbered(shop, card), { statusCode: 402, rawType: 'card_error', code }),
  );

const CHECKS: readonly (readonly [string, object])[] = [
  ['visa', { cvc_check: 'pass', address_line1_check: 'pass', address_postal_code_check: 'pass' }],
  ['cvcCheckFail', { cvc_check: 'fail', address_line1_check: 'pass', address_postal_code_check: 'pass' }],
  ['avsZipFail', { cvc_check: 'pass', address_line1_check: 'pass', address_postal_code_check: 'fail' }],
  ['avsLine1Fail', { cvc_check: 'pass', address_line1_check: 'fail', address_postal_code_check: 'pass' }],
  ['avsUnchecked', { cvc_check: 'pass', address_line1_check: 'unavailable', address_postal_code_check: 'unavailable' }],
];

for (const [name, wanted] of CHECKS)
  documented('/testing#fraud-prevention', `tok_${name} has its checks`, async ({ stripe }) => {
    const { card } = await stripe.paymentMethods.create({
      type: 'card',
      card: { token: `tok_${name}` },
      billing_details: { address: { line1: '1 Main Street', postal_code: '94107' } },
    });
    assert.deepEqual({ ...card?.checks }, wanted);
  });

documented(
  '/testing#declined-payments',
  'pm_card_chargeCustomerFail is attached, and then declined',
  async ({ stripe, customer, pay }) => {
    const id = await customer();
    const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: id });
    await rejected(pay({ customer: id, payment_method: method.id }), { statusCode: 402, code: 'card_declined' });
  },
);

documented(
  '/radar/risk-evaluation#high-risk',
  'pm_card_radarBlock is blocked before the network sees it; elevated risk is not',
  async ({ pay, stripe, charge }) => {
    const error = await rejected(pay({ payment_method: 'pm_card_radarBlock' }), { statusCode: 402 });
    const { outcome, paid } = await stripe.charges.retrieve(
      String((error['payment_intent'] as Stripe.PaymentIntent).latest_charge),
    );
    assert.deepEqual(
      [paid, outcome?.type, outcome?.network_status, outcome?.risk_level],
      [false, 'blocked', 'not_sent_to_network', 'highest'],
    );
    const elevated = await charge(await pay({ payment_method: 'pm_card_riskLevelElevated' }));
    assert.deepEqual([elevated.paid, elevated.outcome?.risk_level], [true, 'elevated']);
  },
);

documented('/api/tokens/create_card', 'a token of a card is used once', async ({ stripe }) => {
  const { id } = await stripe.tokens.create({
    card: { number: '5555555555554444', exp_month: '4', exp_year: '2030', cvc: '123' },
  });
  const data = { type: 'card', card: { token: id } } as const;
  const method = await stripe.paymentMethods.create(data);
  assert.deepEqual([method.card?.last4, method.card?.exp_year], ['4444', 2030]);
  await rejected(stripe.paymentMethods.create(data), { code: 'token_already_used' });
});
documented(
  '/api/payment_methods/update',
  'the expiry of an attached card can be changed, and is checked',
  async (shop) => {
    const { id } = await numbered(shop, {});
    await shop.stripe.paymentMethods.attach(id, { customer: await shop.customer() });
    const changed = await shop.stripe.paymentMethods.update(id, { card: { exp_month: 5, exp_year: 2035 } });
    assert.deepEqual([changed.card?.exp_month, changed.card?.exp_year, changed.card?.last4], [5, 2035, '4242']);
    await rejected(shop.stripe.paymentMethods.update(id, { card: { exp_month: 5, exp_year: 2020 } }), {
      code: 'invalid_expiry_year',
    });
  },
);
