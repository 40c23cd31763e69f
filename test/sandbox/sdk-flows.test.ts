/** Common flows of Stripe's SDKs on the sandbox: for Node.js, the current one and that of two years ago, and for Python. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type Stripe from 'stripe';
import { ownSandbox } from './documented.ts';
import { FULL_SIZES } from '../support/sizes.ts';

const double = ownSandbox();

type Flow = (stripe: Stripe) => Promise<void>;

const method = { payment_method: 'pm_card_visa', confirm: true } as const;
const noPage = { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } } as const;
const pay = (stripe: Stripe, more: object = {}): Promise<Stripe.PaymentIntent> =>
  stripe.paymentIntents.create({ amount: 1000, currency: 'usd', ...method, ...noPage, ...more });

async function payer(stripe: Stripe): Promise<{ customer: string; card: string }> {
  const { id: customer } = await stripe.customers.create({ email: 'jane@example.com' });
  const { id: card } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card } });
  return { customer, card };
}

const monthly = (stripe: Stripe): Promise<Stripe.Price> =>
  stripe.prices.create({
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month' },
    product_data: { name: 'Box' },
  });

const FLOWS: Readonly<Record<string, Flow>> = {
  async 'a customer is created, read, changed and deleted'(stripe) {
    const { id } = await stripe.customers.create({ name: 'Jane', metadata: { a: '1' } });
    assert.equal((await stripe.customers.update(id, { name: 'Ann' })).name, 'Ann');
    assert.equal((await stripe.customers.del(id)).deleted, true);
  },
  async 'a card is paid with'(stripe) {
    assert.equal((await pay(stripe)).status, 'succeeded');
  },
  async 'a decline is a card error'(stripe) {
    await assert.rejects(pay(stripe, { payment_method: 'pm_card_visa_chargeDeclined' }), { code: 'card_declined' });
  },
  async 'a hold is captured'(stripe) {
    const held = await pay(stripe, { capture_method: 'manual' });
    assert.equal((await stripe.paymentIntents.capture(held.id)).status, 'succeeded');
  },
  async 'a payment is refunded in part'(stripe) {
    const { id } = await pay(stripe);
    assert.equal((await stripe.refunds.create({ payment_intent: id, amount: 300 })).amount, 300);
  },
  async 'a product has a price'(stripe) {
    const { id } = await stripe.products.create({ name: 'Tea' });
    const price = await stripe.prices.create({ product: id, currency: 'usd', unit_amount: 500 });
    assert.deepEqual(
      (await stripe.prices.list({ product: id })).data.map((one) => one.id),
      [price.id],
    );
  },
  async 'a subscription begins and ends'(stripe) {
    const { customer } = await payer(stripe);
    const made = await stripe.subscriptions.create({ customer, items: [{ price: (await monthly(stripe)).id }] });
    assert.equal((await stripe.subscriptions.cancel(made.id)).status, 'canceled');
  },
  async 'an invoice is finalized and paid'(stripe) {
    const { customer } = await payer(stripe);
    const { id } = await stripe.invoices.create({ customer, auto_advance: false });
    await stripe.invoiceItems.create({ customer, invoice: id, amount: 700, currency: 'usd' });
    assert.equal((await stripe.invoices.finalizeInvoice(id)).status, 'open');
    assert.equal((await stripe.invoices.pay(id)).status, 'paid');
  },
  async 'each object comes once over the pages'(stripe) {
    const { customer } = await payer(stripe);
    for (let count = 0; count < 5; count += 1)
      await stripe.paymentIntents.create({ amount: 100, currency: 'usd', customer });
    const ids: string[] = [];
    for await (const { id } of stripe.paymentIntents.list({ customer, limit: 2 })) ids.push(id);
    assert.equal(new Set(ids).size, 5);
  },
  async 'an event of a write is found'(stripe) {
    const { id } = await stripe.customers.create({ name: 'told' });
    const { data } = await stripe.events.list({ type: 'customer.created', limit: 10 });
    assert.ok(data.some((event) => (event.data.object as Stripe.Customer).id === id));
  },
};

/** Stripe's SDK for Node of October 2024, which speaks its own API version; it is an optional package. */
const OLDER_SDK = 'stripe-2024';

async function olderSdk(): Promise<Stripe> {
  const loaded = (await import(OLDER_SDK)) as { readonly default: typeof Stripe };
  const { hostname, port } = new URL(double().sandbox.url);
  const options = { host: hostname, port: Number(port), protocol: 'http', telemetry: false } as const;
  return new loaded.default(double().sandbox.apiKey, options);
}

for (const [name, flow] of Object.entries(FLOWS)) {
  test(`Node's SDK: ${name}`, { skip: !FULL_SIZES && 'test:full' }, () => flow(double().stripe));
  test(`Node's SDK of 2024: ${name}`, { skip: !FULL_SIZES && 'test:full' }, async () => {
    await flow(await olderSdk());
  });
}

const hasPython = FULL_SIZES && spawnSync('python3', ['-c', 'import stripe']).status === 0;

test('ten flows of python3-stripe run', { skip: !hasPython && 'test:full with python3-stripe' }, async () => {
  const { url, apiKey } = double().sandbox;
  const { stdout } = await promisify(execFile)('python3', ['test/sandbox/flows.py', url, apiKey]);
  assert.equal(stdout.trim().split('\n').length, 10);
});
