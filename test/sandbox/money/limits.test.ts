/** What Stripe's pages say of single parameters and ids: URLs, exclusive parameters, bank codes, evidence, holds, prefixes. */
import assert from 'node:assert/strict';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from './shop.ts';

const documented = inShop();

const RETURN_URLS: readonly (readonly [string, boolean])[] = [
  ['https://example.com/back?order=1', true],
  ['myapp://paid', true],
  ['example.com/back', false],
  ['/back', false],
];

for (const [url, valid] of RETURN_URLS)
  documented(
    '/error-codes#url-invalid',
    `the return_url ${url} is ${valid ? 'taken' : 'rejected'}`,
    async ({ pay }) => {
      const paid = pay({ return_url: url });
      if (valid) assert.equal((await paid).status, 'succeeded');
      else await rejected(paid, { statusCode: 400, code: 'url_invalid', param: 'return_url' });
    },
  );

documented(
  '/error-codes#parameters-exclusive',
  'a payment method comes by its id or by its data, not by both',
  async ({ intent }) => {
    const data = { type: 'us_bank_account', billing_details: { name: 'Jane' } };
    await rejected(intent({ payment_method: 'pm_card_visa', payment_method_data: data }), {
      statusCode: 400,
      code: 'parameters_exclusive',
    });
  },
);

const ROUTING_NUMBERS: readonly (readonly [string, boolean])[] = [
  ['110000000', true],
  ['021000021', true],
  ['110000001', false],
  ['11000000', false],
];

for (const [routing, valid] of ROUTING_NUMBERS)
  documented(
    '/error-codes#routing-number-invalid',
    `the routing number ${routing} is ${valid ? 'taken' : 'rejected'}`,
    async ({ stripe }) => {
      const bank = { country: 'US', currency: 'usd', routing_number: routing, account_number: '000123456789' };
      const made = stripe.tokens.create({ bank_account: bank });
      if (valid) assert.equal((await made).bank_account?.routing_number, routing);
      else
        await rejected(made, {
          statusCode: 400,
          code: 'routing_number_invalid',
          param: 'bank_account[routing_number]',
        });
    },
  );

documented(
  '/api/disputes/update#update_dispute-evidence',
  'the texts of the evidence have 150,000 characters at most, all together',
  async ({ stripe, pay }) => {
    const { id: payment_intent } = await pay({ payment_method: 'pm_card_createDispute' });
    const dispute = String((await stripe.disputes.list({ payment_intent })).data[0]?.id);
    const text = 'x'.repeat(75_000);
    await stripe.disputes.update(dispute, { evidence: { uncategorized_text: text }, submit: false });
    const more = { customer_name: 'Jane', product_description: text };
    await rejected(stripe.disputes.update(dispute, { evidence: more }), { statusCode: 400, param: 'evidence' });
    const { evidence } = await stripe.disputes.update(dispute, { evidence: { product_description: text } });
    assert.equal(evidence.customer_name, null);
  },
);

documented(
  '/charges/placing-a-hold',
  'a refund releases the hold of a charge, and moves no money',
  async ({ stripe }) => {
    const hold = await stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_visa', capture: false });
    await rejected(stripe.refunds.create({ charge: hold.id, amount: 400 }), { statusCode: 400, param: 'amount' });
    const { amount, status, balance_transaction } = await stripe.refunds.create({ charge: hold.id });
    assert.deepEqual([amount, status, balance_transaction], [1000, 'succeeded', null]);
    const { captured, refunded } = await stripe.charges.retrieve(hold.id);
    assert.deepEqual([captured, refunded], [false, true]);
    await rejected(stripe.charges.capture(hold.id), { statusCode: 400 });
    await rejected(stripe.refunds.create({ charge: hold.id }), { code: 'charge_already_refunded' });
  },
);

/** Payment method, whether the customer is off session, days. */
const HOLDS: readonly (readonly [string, boolean, number])[] = [
  ['pm_card_visa', false, 7],
  ['pm_card_visa', true, 4.75],
  ['pm_card_mastercard', true, 7],
];

for (const [payment_method, off_session, days] of HOLDS)
  documented(
    '/payments/place-a-hold-on-a-payment-method#authorization-validity-windows',
    `the hold of ${payment_method} ${off_session ? 'off' : 'on'} session expires after ${days} days`,
    async ({ stripe, pay, charge, pass }) => {
      const held = await pay({ capture_method: 'manual', payment_method, off_session });
      const { created, payment_method_details: details } = await charge(held);
      assert.equal(Number(details?.card?.capture_before) - created, days * 86_400);
      pass(days * 86_400 - 1);
      assert.equal((await stripe.paymentIntents.retrieve(held.id)).status, 'requires_capture');
      pass(1);
      const { status, amount_capturable } = await stripe.paymentIntents.retrieve(held.id);
      assert.deepEqual([status, amount_capturable], ['canceled', 0]);
      assert.equal((await charge(held)).amount_refunded, held.amount);
      await rejected(stripe.paymentIntents.capture(held.id), { code: 'payment_intent_unexpected_state' });
    },
  );

documented(
  '/charges/placing-a-hold',
  'the hold of a charge is released after 7 days, unless it was captured',
  async ({ stripe, pass }) => {
    const hold = { amount: 1000, currency: 'usd', source: 'tok_visa', capture: false };
    const [late, captured] = [await stripe.charges.create(hold), await stripe.charges.create(hold)];
    await stripe.charges.capture(captured.id);
    pass(7 * 86_400);
    assert.equal((await stripe.charges.retrieve(late.id)).refunded, true);
    assert.equal((await stripe.charges.retrieve(captured.id)).refunded, false);
    await rejected(stripe.charges.capture(late.id), { statusCode: 400 });
  },
);

documented(
  '/currencies#three-decimal',
  'refunds and captures keep the step of their currency',
  async ({ stripe, pay }) => {
    for (const [currency, amount, part, step] of [
      ['kwd', 10_000, 5125, 5120],
      ['isk', 200_000, 50_050, 50_000],
    ] as const) {
      const { id: payment_intent } = await pay({ currency, amount });
      await rejected(stripe.refunds.create({ payment_intent, amount: part }), { statusCode: 400, param: 'amount' });
      assert.equal((await stripe.refunds.create({ payment_intent, amount: step })).amount, step);
      const held = await pay({ currency, amount, capture_method: 'manual' });
      const capture = (amount_to_capture: number): Promise<{ amount_received: number }> =>
        stripe.paymentIntents.capture(held.id, { amount_to_capture });
      await rejected(capture(part), { statusCode: 400, param: 'amount_to_capture' });
      assert.equal((await capture(step)).amount_received, step);
    }
  },
);

for (const currency of ['huf', 'twd'])
  documented('/currencies#special-cases', `payouts in ${currency} are a multiple of 100`, async ({ stripe }) => {
    await rejected(stripe.payouts.create({ amount: 1045, currency }), { param: 'amount', message: /multiple of 100/ });
    await rejected(stripe.payouts.create({ amount: 1000, currency }), { code: 'balance_insufficient' });
  });

/** Page, object, its prefix, how it is made. */
const PREFIXES: readonly (readonly [string, string, string, (shop: Shop) => Promise<string>])[] = [
  [
    '/api/confirmation_tokens/object',
    'a confirmation token',
    'ctoken_',
    async ({ stripe }) => (await stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa' })).id,
  ],
  [
    '/api/setup_attempts/object',
    'a setup attempt',
    'setatt_',
    async ({ stripe }) => {
      const { latest_attempt } = await stripe.setupIntents.create({
        payment_method: 'pm_card_visa',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      });
      return String(latest_attempt);
    },
  ],
  [
    '/api/customer_balance_transactions/object',
    'a transaction of a customer balance',
    'cbtxn_',
    async ({ stripe, customer }) =>
      (await stripe.customers.createBalanceTransaction(await customer(), { amount: -500, currency: 'usd' })).id,
  ],
  [
    '/api/radar/early_fraud_warnings/object',
    'an early fraud warning',
    'issfr_',
    async ({ stripe, pay }) => {
      const { id: payment_intent } = await pay({ payment_method: 'pm_card_createIssuerFraudRecord' });
      return String((await stripe.radar.earlyFraudWarnings.list({ payment_intent })).data[0]?.id);
    },
  ],
  ['/api/application_fees/object', 'an application fee', 'fee_', async (shop) => (await destinationCharge(shop)).fee],
  [
    '/api/transfer_reversals/object',
    'a reversal of a transfer',
    'trr_',
    async (shop) =>
      (await shop.stripe.transfers.createReversal((await destinationCharge(shop)).transfer, { amount: 100 })).id,
  ],
];

async function destinationCharge({ stripe, pay, charge }: Shop): Promise<{ fee: string; transfer: string }> {
  const { id: destination } = await stripe.accounts.create({
    type: 'express',
    country: 'US',
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
  });
  const paid = await pay({ application_fee_amount: 100, transfer_data: { destination } });
  const { application_fee: fee, transfer } = await charge(paid);
  return { fee: String(fee), transfer: String(transfer) };
}

for (const [page, object, prefix, make] of PREFIXES)
  documented(page, `the id of ${object} begins with ${prefix}`, async (shop) => {
    const id = await make(shop);
    assert.ok(id.startsWith(prefix), id);
  });
