/** Customers: creation, limits, balance, payment methods, deletion. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, ownSandbox, rejected } from './documented.ts';

const double = ownSandbox();
const customer = (params: Stripe.CustomerCreateParams = {}): Promise<Stripe.Customer> =>
  double().stripe.customers.create({ email: 'jane@example.com', ...params });
const numbered = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

documented('/api/customers/object', 'a new customer has a balance of zero and no tax exemption', async () => {
  const { balance, delinquent, tax_exempt, preferred_locales, next_invoice_sequence, invoice_prefix } =
    await customer();
  assert.deepEqual(
    [balance, delinquent, tax_exempt, preferred_locales, next_invoice_sequence],
    [0, false, 'none', [], 1],
  );
  assert.match(String(invoice_prefix), /^[A-Z0-9]{8}$/);
});

documented('/api/customers/create', 'an address has all fields, and fields without a value are null', async () => {
  const { address } = await customer({ address: { line1: '1 Main Street', city: '' } });
  assert.deepEqual(address, {
    city: null,
    country: null,
    line1: '1 Main Street',
    line2: null,
    postal_code: null,
    state: null,
  });
});

for (const email of [
  'jane',
  'jane@',
  '@example.com',
  'jane@example',
  'a b@example.com',
  ' jane@example.com',
  'jane＠example.com',
])
  documented('/error-codes#email-invalid', `an email address "${email}" is rejected`, async () => {
    await rejected(customer({ email }), { statusCode: 400, code: 'email_invalid', param: 'email' });
  });

for (const [field, max] of [
  ['email', 512],
  ['name', 256],
  ['phone', 20],
] as const)
  documented('/api/customers/create', `${field} has at most ${max} characters`, async () => {
    const text = (length: number): string =>
      field === 'email' ? `${'a'.repeat(length - 12)}@example.com` : '1'.repeat(length);
    assert.ok((await customer({ [field]: text(max) })).id);
    await rejected(customer({ [field]: text(max + 1) }), { statusCode: 400, param: field });
  });

documented('/api/metadata', 'metadata has at most 50 keys, also after an update', async () => {
  const { id } = await customer({ metadata: numbered(50) });
  await rejected(customer({ metadata: numbered(51) }), { statusCode: 400, param: 'metadata' });
  await rejected(double().stripe.customers.update(id, { metadata: { one: 'more' } }), { statusCode: 400 });
  const swapped = await double().stripe.customers.update(id, { metadata: { k0: '', one: 'more' } });
  assert.equal(Object.keys(swapped.metadata).length, 50);
});

documented(
  '/api/metadata',
  'metadata keys have at most 40 characters and no brackets, metadata values at most 500 characters',
  async () => {
    assert.ok((await customer({ metadata: { ['k'.repeat(40)]: 'v'.repeat(500) } })).id);
    await rejected(customer({ metadata: { ['k'.repeat(41)]: 'v' } }), { statusCode: 400, param: 'metadata' });
    await rejected(customer({ metadata: { k: 'v'.repeat(501) } }), { statusCode: 400, param: 'metadata[k]' });
  },
);

documented('/api/metadata', 'metadata keys can be numbers', async () => {
  assert.deepEqual((await customer({ metadata: { 0: 'a', 1: 'b' } })).metadata, { 0: 'a', 1: 'b' });
});

documented('/api/metadata', 'an empty value unsets a metadata key, and empty metadata unsets all keys', async () => {
  const { id } = await customer({ metadata: { a: '1', b: '2' } });
  const { stripe } = double();
  assert.deepEqual((await stripe.customers.update(id, { metadata: { a: '', c: '3' } })).metadata, { b: '2', c: '3' });
  assert.deepEqual((await stripe.customers.update(id, { metadata: '' })).metadata, {});
});

documented(
  '/api/customers/create#create_customer-payment_method',
  'a payment method is attached at creation',
  async () => {
    const { stripe } = double();
    const { id } = await customer({ payment_method: 'pm_card_visa' });
    assert.equal((await stripe.paymentMethods.list({ customer: id })).data.length, 1);
    await rejected(customer({ payment_method: 'pm_nosuch' }), { code: 'resource_missing' });
  },
);

documented('/api/customers/update', 'only an attached payment method can be the default for invoices', async () => {
  const { stripe } = double();
  const { id } = await customer();
  const other = await stripe.paymentMethods.attach('pm_card_visa', { customer: (await customer()).id });
  const own = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  const set = (method: string): Promise<Stripe.Customer> =>
    stripe.customers.update(id, { invoice_settings: { default_payment_method: method } });
  await rejected(set(other.id), { statusCode: 400, code: 'resource_missing' });
  assert.equal((await set(own.id)).invoice_settings.default_payment_method, own.id);
});

documented('/api/payment_methods/customer_list', 'payment methods are listed under the customer, by type', async () => {
  const { stripe } = double();
  const { id } = await customer();
  const card = await stripe.paymentMethods.attach('pm_card_mastercard', { customer: id });
  assert.deepEqual(
    (await stripe.customers.listPaymentMethods(id)).data.map((one) => one.id),
    [card.id],
  );
  assert.deepEqual((await stripe.customers.listPaymentMethods(id, { type: 'sepa_debit' })).data, []);
  assert.equal((await stripe.customers.retrievePaymentMethod(id, card.id)).id, card.id);
  await rejected(stripe.customers.retrievePaymentMethod((await customer()).id, card.id), { statusCode: 404 });
  await rejected(stripe.customers.listPaymentMethods('cus_nosuch'), { statusCode: 404 });
});

documented(
  '/api/customer_balance_transactions/create',
  'a balance transaction changes the balance, and its `ending_balance` is the new balance',
  async () => {
    const { stripe } = double();
    const { id } = await customer();
    const posted = [-500, 200, 400];
    const ended: number[] = [];
    for (const amount of posted)
      ended.push((await stripe.customers.createBalanceTransaction(id, { amount, currency: 'usd' })).ending_balance);
    assert.deepEqual(ended, [-500, -300, 100]);
    const now = await stripe.customers.retrieve(id);
    assert.ok(now.deleted !== true);
    assert.deepEqual([now.balance, now.currency], [100, 'usd']);
    assert.deepEqual(
      (await stripe.customers.listBalanceTransactions(id)).data.map((one) => one.amount),
      [400, 200, -500],
    );
    await rejected(stripe.customers.createBalanceTransaction(id, { amount: 1, currency: 'eur' }), {
      param: 'currency',
    });
  },
);

documented(
  '/billing/customer/balance',
  'setting the balance creates a balance transaction of type `adjustment`',
  async () => {
    const { stripe } = double();
    const { id } = await customer({ balance: -100 });
    assert.equal((await stripe.customers.update(id, { balance: 300 })).balance, 300);
    const { data } = await stripe.customers.listBalanceTransactions(id);
    assert.deepEqual(
      data.map((one) => [one.type, one.amount]),
      [
        ['adjustment', 400],
        ['initial', -100],
      ],
    );
  },
);

documented('/api/tax_ids/create', 'a tax id belongs to its customer, and its country comes from its type', async () => {
  const { stripe } = double();
  const { id } = await customer({ tax_id_data: [{ type: 'gb_vat', value: 'GB123456789' }] });
  const { data } = await stripe.customers.listTaxIds(id);
  assert.deepEqual(
    data.map((one) => [one.type, one.country, one.customer, one.verification?.status]),
    [['gb_vat', 'GB', id, 'pending']],
  );
  const german = await stripe.customers.createTaxId(id, { type: 'eu_vat', value: 'DE123456789' });
  assert.equal(german.country, 'DE');
});

documented(
  '/api/customers/delete',
  'a deleted customer is returned as deleted, is in no list and cannot be changed',
  async () => {
    const { stripe } = double();
    const { id } = await customer();
    assert.deepEqual(JSON.parse(JSON.stringify(await stripe.customers.del(id))), {
      id,
      object: 'customer',
      deleted: true,
    });
    assert.equal((await stripe.customers.retrieve(id)).deleted, true);
    assert.ok(!(await stripe.customers.list({ limit: 100 })).data.some((one) => one.id === id));
    await rejected(stripe.customers.update(id, { name: 'x' }), { statusCode: 404, code: 'resource_missing' });
    await rejected(stripe.customers.del(id), { statusCode: 404 });
    await rejected(stripe.paymentIntents.create({ amount: 100, currency: 'usd', customer: id }), { statusCode: 400 });
  },
);

documented(
  '/api/customers/delete',
  'deleting a customer cancels the subscriptions and detaches the payment methods',
  async () => {
    const { stripe } = double();
    const { id } = await customer();
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval: 'month' },
      product_data: { name: 'Box' },
    });
    const subscription = await stripe.subscriptions.create({
      customer: id,
      items: [{ price: price.id }],
      default_payment_method: card.id,
    });
    await stripe.customers.del(id);
    const ended = await stripe.subscriptions.retrieve(subscription.id);
    assert.equal(ended.status, 'canceled');
    assert.ok(Number(ended.canceled_at) > 0 && Number(ended.ended_at) > 0);
    assert.equal((await stripe.paymentMethods.retrieve(card.id)).customer, null);
  },
);

documented(
  '/billing/testing/test-clocks/api-advanced-usage',
  'customers of a test clock are only in lists that are filtered by the clock',
  async () => {
    const { stripe } = double();
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_767_225_600 });
    const { id } = await customer({ test_clock: clock.id });
    assert.ok(!(await stripe.customers.list({ limit: 100 })).data.some((one) => one.id === id));
    assert.deepEqual(
      (await stripe.customers.list({ test_clock: clock.id })).data.map((one) => one.id),
      [id],
    );
  },
);

documented('/api/customers/list#list_customers-email', 'the email filter of customers is case-sensitive', async () => {
  const { stripe } = double();
  const { id } = await customer({ email: 'Case@example.com' });
  assert.deepEqual(
    (await stripe.customers.list({ email: 'Case@example.com' })).data.map((one) => one.id),
    [id],
  );
  assert.deepEqual((await stripe.customers.list({ email: 'case@example.com' })).data, []);
});

documented('/error-codes#country-code-invalid', 'the country of an address has two letters', async () => {
  const address = (country: string): Promise<Stripe.Customer> => customer({ address: { country } });
  assert.equal((await address('DE')).address?.country, 'DE');
  await rejected(address('Germany'), { code: 'country_code_invalid', param: 'address[country]' });
});

documented('/currencies', 'an unknown currency is rejected everywhere, a known one is kept in lower case', async () => {
  const { stripe, raw } = double();
  const price = { unit_amount: 500, product_data: { name: 'x' } };
  assert.equal((await stripe.prices.create({ ...price, currency: 'EUR' })).currency, 'eur');
  await rejected(stripe.prices.create({ ...price, currency: 'xyz' }), { statusCode: 400, param: 'currency' });
  const { body } = await raw(
    'POST',
    '/v1/shipping_rates',
    'display_name=x&type=fixed_amount&fixed_amount[amount]=1&fixed_amount[currency]=zzz',
  );
  assert.equal(body.error?.['param'], 'fixed_amount[currency]');
});
