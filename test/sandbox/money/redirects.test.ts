/** Payment methods whose customer authorizes the payment on another page. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from './shop.ts';

const documented = inShop();

const RETURN = { return_url: 'https://example.com/done' };
const REDIRECTS = { automatic_payment_methods: { enabled: true } };

const start = ({ pay }: Shop, type: string, currency: string, more: object = {}): Promise<Stripe.PaymentIntent> =>
  pay({
    ...REDIRECTS,
    ...RETURN,
    currency,
    payment_method: undefined,
    payment_method_data: { type, billing_details: { name: 'Jane', email: 'jane@example.com' } },
    ...more,
  });

/** The address of the page that the customer uses. */
function pageOf({ next_action: action }: Stripe.PaymentIntent | Stripe.SetupIntent): string {
  const hash = (action as unknown as Record<string, Record<string, string>>)[String(action?.type)] ?? {};
  return String(hash['url'] ?? hash['hosted_instructions_url'] ?? hash['hosted_voucher_url']);
}

async function decide(intent: Stripe.PaymentIntent | Stripe.SetupIntent, outcome: string): Promise<Response> {
  return fetch(pageOf(intent), { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });
}

/** Type, currency, type of `next_action`, status once the customer has accepted. */
const METHODS: readonly (readonly [string, string, string, string])[] = [
  ['ideal', 'eur', 'redirect_to_url', 'succeeded'],
  ['bancontact', 'eur', 'redirect_to_url', 'succeeded'],
  ['eps', 'eur', 'redirect_to_url', 'succeeded'],
  ['p24', 'pln', 'redirect_to_url', 'succeeded'],
  ['klarna', 'usd', 'redirect_to_url', 'succeeded'],
  ['affirm', 'usd', 'redirect_to_url', 'succeeded'],
  ['afterpay_clearpay', 'usd', 'redirect_to_url', 'succeeded'],
  ['paypal', 'eur', 'redirect_to_url', 'succeeded'],
  ['amazon_pay', 'usd', 'redirect_to_url', 'succeeded'],
  ['twint', 'chf', 'redirect_to_url', 'succeeded'],
  ['alipay', 'usd', 'alipay_handle_redirect', 'succeeded'],
  ['cashapp', 'usd', 'cashapp_handle_redirect_or_display_qr_code', 'succeeded'],
  ['wechat_pay', 'usd', 'wechat_pay_display_qr_code', 'succeeded'],
  ['pix', 'brl', 'pix_display_qr_code', 'succeeded'],
  ['oxxo', 'mxn', 'oxxo_display_details', 'succeeded'],
  ['boleto', 'brl', 'boleto_display_details', 'processing'],
];

for (const [type, currency, action, status] of METHODS)
  documented(
    '/payments/payment-methods/payment-method-support',
    `${type} waits with ${action}, and is ${status} once the customer has accepted`,
    async (shop) => {
      const waiting = await start(shop, type, currency, { amount: 5000 });
      assert.deepEqual([waiting.status, waiting.next_action?.type], ['requires_action', action]);
      await decide(waiting, 'succeed');
      const paid = await shop.stripe.paymentIntents.retrieve(waiting.id);
      assert.equal(paid.status, status);
      assert.equal((await shop.charge(paid)).payment_method_details?.type, type);
    },
  );

documented('/testing#redirects', 'the customer returns with the status of the payment', async (shop) => {
  const waiting = await start(shop, 'ideal', 'eur');
  assert.equal(waiting.next_action?.redirect_to_url?.return_url, RETURN.return_url);
  const location = new URL(String((await decide(waiting, 'succeed')).headers.get('location')));
  assert.deepEqual(
    [location.searchParams.get('payment_intent'), location.searchParams.get('redirect_status')],
    [waiting.id, 'succeeded'],
  );
});

documented('/testing#redirects', 'a customer who does not authorize fails the payment', async (shop) => {
  const waiting = await start(shop, 'bancontact', 'eur');
  await decide(waiting, 'fail');
  const failed = await shop.stripe.paymentIntents.retrieve(waiting.id);
  assert.deepEqual(
    [failed.status, failed.last_payment_error?.code, failed.payment_method],
    ['requires_payment_method', 'payment_intent_authentication_failure', null],
  );
});

documented(
  '/changelog/2023-08-16/automatic-payment-methods',
  'a payment that may not redirect takes no method that redirects',
  async (shop) => {
    await rejected(
      start(shop, 'ideal', 'eur', { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } }),
      { statusCode: 400, code: 'payment_intent_incompatible_payment_method' },
    );
  },
);

documented('/payments/ideal', 'a method pays in its own currencies', async (shop) => {
  await rejected(start(shop, 'ideal', 'usd'), { code: 'payment_intent_incompatible_payment_method' });
});

documented(
  '/payments/ideal/set-up-payment',
  'a setup intent waits for the customer as well',
  async ({ stripe, customer }) => {
    const waiting = await stripe.setupIntents.create({
      customer: await customer(),
      confirm: true,
      payment_method_data: { type: 'ideal', billing_details: { name: 'Jane', email: 'jane@example.com' } },
      ...RETURN,
      mandate_data: { customer_acceptance: { type: 'offline' } },
    });
    assert.deepEqual([waiting.status, waiting.next_action?.type], ['requires_action', 'redirect_to_url']);
    await decide(waiting, 'succeed');
    assert.equal((await stripe.setupIntents.retrieve(waiting.id)).status, 'succeeded');
  },
);

documented(
  '/api/payment_intents/create#create_payment_intent-allowed_payment_method_types',
  'a payment takes the allowed types alone, and none of the excluded ones',
  async (shop) => {
    const facts = { statusCode: 400, code: 'payment_intent_incompatible_payment_method' };
    const { payment_method_types: types } = await shop.intent({ allowed_payment_method_types: ['card', 'link'] });
    assert.deepEqual(types, ['card', 'link']);
    await rejected(start(shop, 'ideal', 'eur', { allowed_payment_method_types: ['card'] }), facts);
    await rejected(start(shop, 'ideal', 'eur', { excluded_payment_method_types: ['ideal'] }), facts);
    assert.equal(
      (await start(shop, 'ideal', 'eur', { excluded_payment_method_types: ['eps'] })).status,
      'requires_action',
    );
  },
);

documented('/billing/collection-method', 'an invoice is paid by a debit of the customer’s account', async (shop) => {
  const { stripe, customer, pass } = shop;
  const id = await customer();
  const { id: method } = await stripe.paymentMethods.attach('pm_sepaDebit_success_de', { customer: id });
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: method } });
  const invoice = await stripe.invoices.create({ customer: id, currency: 'eur', auto_advance: false });
  await stripe.invoiceItems.create({ customer: id, invoice: invoice.id, amount: 900, currency: 'eur' });
  await stripe.invoices.finalizeInvoice(invoice.id);
  const paying = await stripe.invoices.pay(invoice.id).catch(() => stripe.invoices.retrieve(invoice.id));
  assert.equal(paying.status, 'open');
  pass(10);
  assert.equal((await stripe.invoices.retrieve(invoice.id)).status, 'paid');
});
