/** Documented limits of clocks, trials, codes, prices, tax ids and countries; and that a rejected request changes nothing. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, ownSandbox, rejected } from './documented.ts';

const double = ownSandbox();
const stripe = (): Stripe => double().stripe;

const DAY = 86_400;
const START = Date.UTC(2026, 0, 1) / 1000;

async function price(more: Partial<Stripe.PriceCreateParams> = {}): Promise<string> {
  const data = { currency: 'usd', unit_amount: 1000, product_data: { name: 'Tea' }, ...more };
  return (await stripe().prices.create(data)).id;
}

const monthly = (): Promise<string> => price({ recurring: { interval: 'month' } });

async function payer(more: Stripe.CustomerCreateParams = {}): Promise<string> {
  const card = { payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } };
  return (await stripe().customers.create({ ...card, ...more })).id;
}

async function subscribe(more: Partial<Stripe.SubscriptionCreateParams> = {}): Promise<Stripe.Subscription> {
  return stripe().subscriptions.create({ customer: await payer(), items: [{ price: await monthly() }], ...more });
}

documented('/api/test_clocks/advance', 'a clock advances by two intervals of its shortest subscription', async () => {
  const { id } = await stripe().testHelpers.testClocks.create({ frozen_time: START });
  await subscribe({ customer: await payer({ test_clock: id }) });
  await rejected(stripe().testHelpers.testClocks.advance(id, { frozen_time: START + 60 * DAY }), {
    param: 'frozen_time',
  });
  const answer = await stripe().testHelpers.testClocks.advance(id, { frozen_time: START + 59 * DAY });
  assert.equal(answer.status, 'advancing');
  assert.equal((await stripe().testHelpers.testClocks.retrieve(id)).status, 'ready');
});

documented('/api/test_clocks/advance', 'without a subscription a clock advances by two years', async () => {
  const { id } = await stripe().testHelpers.testClocks.create({ frozen_time: START });
  await rejected(stripe().testHelpers.testClocks.advance(id, { frozen_time: START + 731 * DAY }), { statusCode: 400 });
  await stripe().testHelpers.testClocks.advance(id, { frozen_time: START + 730 * DAY });
});

documented('/billing/subscriptions/trials', 'a trial that ends now is billed with the answer', async () => {
  const { id } = await subscribe({ trial_period_days: 7 });
  const ended = await stripe().subscriptions.update(id, { trial_end: 'now', expand: ['latest_invoice'] });
  const { status, total, billing_reason } = ended.latest_invoice as Stripe.Invoice;
  assert.deepEqual([ended.status, status, total, billing_reason], ['active', 'paid', 1000, 'subscription_update']);
  const [item] = ended.items.data;
  assert.ok((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0) >= 28 * DAY);
});

documented('/api/subscriptions/object', 'a subscription that is to end says why, from its creation on', async () => {
  const { cancellation_details: details } = await subscribe({ cancel_at_period_end: true });
  assert.equal(details?.reason, 'cancellation_requested');
});

documented('/api/promotion_codes/create', 'a code with a minimum counts from that amount on', async () => {
  const coupon = (await stripe().coupons.create({ duration: 'once', percent_off: 50 })).id;
  const restrictions = { minimum_amount: 2000, minimum_amount_currency: 'usd' };
  const code = await stripe().promotionCodes.create({ promotion: { type: 'coupon', coupon }, restrictions });
  const discounts = [{ promotion_code: code.id }];
  const items = async (quantity: number): Promise<{ price: string; quantity: number }[]> => [
    { price: await monthly(), quantity },
  ];
  await rejected(subscribe({ discounts, items: await items(1) }), { statusCode: 400 });
  assert.equal((await subscribe({ discounts, items: await items(2) })).status, 'active');
  const session = async (quantity: number): Promise<Stripe.Checkout.Session> =>
    stripe().checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://example.com',
      line_items: [{ price: await price(), quantity }],
      discounts,
    });
  await rejected(session(1), { statusCode: 400 });
  assert.equal((await session(2)).amount_total, 1000);
});

documented(
  '/api/prices/create',
  'an amount is not negative, and a missing product is named where it is missing',
  async () => {
    await rejected(price({ unit_amount: -5 }), { code: 'parameter_invalid_integer', param: 'unit_amount' });
    const line_items = [{ price_data: { currency: 'usd', unit_amount: 100 }, quantity: 1 }];
    const session = { mode: 'payment' as const, success_url: 'https://example.com', line_items };
    await rejected(stripe().checkout.sessions.create(session), { param: 'line_items[0][price_data][product]' });
  },
);

documented('/products-prices/manage-prices', 'the default price of a product is not archived', async () => {
  const product = await stripe().products.create({
    name: 'Tea',
    default_price_data: { currency: 'usd', unit_amount: 700 },
  });
  await rejected(stripe().prices.update(String(product.default_price), { active: false }), { param: 'active' });
});

documented('/api/checkout/sessions/create', 'a session for a subscription makes its customer by itself', async () => {
  const line_items = [{ price: await monthly(), quantity: 1 }];
  const session = { mode: 'subscription' as const, success_url: 'https://example.com', line_items };
  await rejected(stripe().checkout.sessions.create({ ...session, customer_creation: 'always' }), {
    param: 'customer_creation',
  });
});

/** Type, a number that has its form, one that has not. */
const TAX_IDS: readonly (readonly [type: Stripe.TaxIdCreateParams.Type, good: string, bad: string])[] = [
  ['eu_vat', 'DE123456789', 'DE12345'],
  ['eu_vat', 'FRAB123456789', 'US123456789'],
  ['gb_vat', 'GB123456789', '123456789'],
  ['us_ein', '12-3456789', '12-345'],
  ['au_abn', '12345678912', '1234'],
  ['ca_gst_hst', '123456789RT0002', '123456789'],
  ['ch_vat', 'CHE-123.456.789 MWST', 'CHE-12'],
  ['no_vat', '123456789MVA', '123456789'],
  ['br_cpf', '123.456.789-87', '12'],
];

documented('/error-codes#tax-id-invalid', 'a tax id has the form of its type', async () => {
  const { id } = await stripe().customers.create({});
  for (const [type, good, bad] of TAX_IDS) {
    assert.equal((await stripe().customers.createTaxId(id, { type, value: good })).value, good);
    await rejected(stripe().customers.createTaxId(id, { type, value: bad }), { code: 'tax_id_invalid' });
  }
  assert.equal((await stripe().customers.listTaxIds(id, { limit: 100 })).data.length, TAX_IDS.length);
});

documented('/api/country_specs', 'countries have specifications, and currencies have rates', async () => {
  const { default_currency: currency } = await stripe().countrySpecs.retrieve('DE');
  assert.equal(currency, 'eur');
  assert.equal((await stripe().countrySpecs.list({ limit: 3 })).data.length, 3);
  await rejected(stripe().countrySpecs.retrieve('XX'), { code: 'resource_missing' });
  const { body } = await double().raw('GET', '/v1/exchange_rates/usd');
  assert.equal((body['rates'] as Record<string, number>)['usd'], 1);
});

documented('/api/account_links/create', 'a link and a session are of an account that is there', async () => {
  const urls = { refresh_url: 'https://example.com', return_url: 'https://example.com' };
  const link = { account: 'acct_none', type: 'account_onboarding' as const, ...urls };
  await rejected(stripe().accountLinks.create(link), { code: 'resource_missing', param: 'account' });
  const components = { payments: { enabled: true } };
  await rejected(stripe().accountSessions.create({ account: 'acct_none', components }), { param: 'account' });
});

documented(
  '/api/terminal/readers/create',
  'a simulated reader is online, and an account of API v2 has its prefix',
  async () => {
    const address = { line1: '1 Main', city: 'Oakland', state: 'CA', country: 'US', postal_code: '94607' };
    const { id: location } = await stripe().terminal.locations.create({ display_name: 'HQ', address });
    const reader = await stripe().terminal.readers.create({ registration_code: 'simulated-wpe', location });
    assert.equal(reader.status, 'online');
    assert.match((await stripe().v2.core.accounts.create({})).id, /^acct_/);
  },
);

documented('/api/errors', 'a rejected request changes nothing', async () => {
  const customer = await payer();
  const { id: euros } = await stripe().coupons.create({ duration: 'once', amount_off: 100, currency: 'eur' });
  const discounts = [{ coupon: euros }];
  await rejected(subscribe({ customer, discounts }), { statusCode: 400 });
  await rejected(stripe().invoices.create({ customer, currency: 'usd', discounts }), { statusCode: 400 });
  assert.deepEqual((await stripe().subscriptions.list({ customer, status: 'all' })).data, []);
  assert.deepEqual((await stripe().invoices.list({ customer })).data, []);
  assert.equal((await stripe().coupons.retrieve(euros)).times_redeemed, 0);
  const { id } = await subscribe();
  const items = [{ price: await monthly() }];
  await rejected(stripe().subscriptions.update(id, { items, trial_end: 5 }), { param: 'trial_end' });
  assert.equal((await stripe().subscriptions.retrieve(id)).items.data.length, 1);
  assert.deepEqual((await stripe().invoiceItems.list({ customer, pending: true })).data, []);
});
