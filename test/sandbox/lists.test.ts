/** Filters of lists, and the Search API. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, ownSandbox, rejected } from './documented.ts';

const double = ownSandbox({ now: () => 1_795_000_000 });

const recurring = (): Promise<Stripe.Price> =>
  double().stripe.prices.create({
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month' },
    product_data: { name: 'Box' },
  });

async function subscriptionTo(price: string): Promise<Stripe.Subscription> {
  const { stripe } = double();
  const { id } = await stripe.customers.create({});
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  return stripe.subscriptions.create({ customer: id, items: [{ price }], default_payment_method: card.id });
}

documented('/api/subscriptions/list', 'subscriptions are filtered by a price of theirs', async () => {
  const { stripe } = double();
  const [one, other] = [await recurring(), await recurring()];
  const { id } = await subscriptionTo(one.id);
  await subscriptionTo(other.id);
  assert.deepEqual(
    (await stripe.subscriptions.list({ price: one.id })).data.map((found) => found.id),
    [id],
  );
  assert.deepEqual((await stripe.subscriptions.list({ price: 'price_nosuch' })).data, []);
});

documented(
  '/api/subscriptions/list#list_subscriptions-status',
  'canceled subscriptions are listed where they are asked for',
  async () => {
    const { stripe } = double();
    const { id, customer } = await stripe.subscriptions.cancel((await subscriptionTo((await recurring()).id)).id);
    const listed = async (more: Stripe.SubscriptionListParams): Promise<string[]> =>
      (await stripe.subscriptions.list({ customer: String(customer), ...more })).data.map((one) => one.id);
    assert.deepEqual(await listed({}), []);
    for (const status of ['canceled', 'all', 'ended'] as const) assert.deepEqual(await listed({ status }), [id]);
    assert.deepEqual(await listed({ status: 'active' }), []);
  },
);

documented('/api/invoices/list#list_invoices-subscription', 'invoices are filtered by their subscription', async () => {
  const { stripe } = double();
  assert.deepEqual((await stripe.invoices.list({ subscription: 'sub_nosuch' })).data, []);
});

documented('/api/prices/list', 'prices are found by lookup key, interval, product and type', async () => {
  const { stripe } = double();
  const product = await stripe.products.create({ name: 'Tea' });
  const made = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 5, lookup_key: 'gold' });
  const found = async (params: Stripe.PriceListParams): Promise<string[]> =>
    (await stripe.prices.list(params)).data.map((one) => one.id);
  assert.deepEqual(await found({ lookup_keys: ['gold', 'silver'] }), [made.id]);
  assert.deepEqual(await found({ lookup_keys: ['silver'] }), []);
  assert.deepEqual(await found({ product: product.id, type: 'one_time' }), [made.id]);
  assert.deepEqual(await found({ product: product.id, type: 'recurring' }), []);
  assert.deepEqual(await found({ product: product.id, recurring: { interval: 'year' } }), []);
});

documented(
  '/api/products/list#list_products-ids',
  'products are found by ids, and whether they are active',
  async () => {
    const { stripe } = double();
    const [one, other] = [
      await stripe.products.create({ name: 'a' }),
      await stripe.products.create({ name: 'b', active: false }),
    ];
    assert.deepEqual(
      (await stripe.products.list({ ids: [one.id, 'prod_x'] })).data.map(({ id }) => id),
      [one.id],
    );
    assert.deepEqual(
      (await stripe.products.list({ ids: [one.id, other.id], active: false })).data.map(({ id }) => id),
      [other.id],
    );
  },
);

documented('/api/events/list', 'events are found by type, types and delivery', async () => {
  const { stripe } = double();
  await stripe.products.create({ name: 'c' });
  const types = async (params: Stripe.EventListParams): Promise<string[]> => [
    ...new Set((await stripe.events.list({ limit: 100, ...params })).data.map((one) => one.type)),
  ];
  assert.deepEqual(await types({ type: 'product.created' }), ['product.created']);
  assert.deepEqual(await types({ type: 'product.*' }), ['product.created']);
  assert.deepEqual(await types({ types: ['charge.dispute.created'] }), []);
  assert.deepEqual(await types({ delivery_success: false }), []);
});

documented(
  '/api/invoiceitems/list#list_invoiceitems-pending',
  'invoice items are found by whether they wait for an invoice',
  async () => {
    const { stripe } = double();
    const { id } = await stripe.customers.create({});
    const item = await stripe.invoiceItems.create({ customer: id, amount: 100, currency: 'usd' });
    const found = async (pending: boolean): Promise<string[]> =>
      (await stripe.invoiceItems.list({ customer: id, pending })).data.map((one) => one.id);
    assert.deepEqual([await found(true), await found(false)], [[item.id], []]);
  },
);

documented('/api/customers/list#list_customers-created', 'a time is matched, or lies in a range', async () => {
  const { stripe } = double();
  const { created, id } = await stripe.customers.create({ email: 'range@example.com' });
  const found = async (range: Stripe.RangeQueryParam | number): Promise<number> =>
    (await stripe.customers.list({ email: 'range@example.com', created: range })).data.filter((one) => one.id === id)
      .length;
  assert.deepEqual(
    await Promise.all([found(created), found({ gte: created }), found({ gt: created }), found({ lt: created })]),
    [1, 1, 0, 0],
  );
});

documented('/api/customers/list', 'a filter that Stripe does not have is rejected', async () => {
  const { status, body } = await double().raw('GET', '/v1/customers?name=Jane');
  assert.deepEqual([status, body.error?.['code']], [400, 'parameter_unknown']);
});

// Search
async function people(): Promise<void> {
  const { stripe } = double();
  if ((await stripe.customers.list({ email: 'jane.search@example.com' })).data.length > 0) return;
  await stripe.customers.create({ name: 'Jane', email: 'jane.search@example.com', metadata: { k: 'v1', tag: 's' } });
  await stripe.customers.create({ name: 'John "J" Doe', email: 'john.search@example.com', metadata: { tag: 's' } });
}

const CUSTOMER_QUERIES: readonly (readonly [query: string, names: readonly string[]])[] = [
  ['email:"JANE.search@example.com"', ['Jane']],
  ["email:'jane.search@example.com'", ['Jane']],
  ['metadata["tag"]:"s" AND email:"jane.search@example.com"', ['Jane']],
  ["metadata['tag']:'s' and name:'jane'", ['Jane']],
  ['metadata["tag"]:"s" name:"jane"', ['Jane']],
  ['email:"jane.search@example.com" OR email:"john.search@example.com"', ['Jane', 'John "J" Doe']],
  ['metadata["tag"]:"s" AND -metadata["k"]:"v1"', ['John "J" Doe']],
  ['metadata["tag"]:"s" AND metadata["k"]:null', ['John "J" Doe']],
  ['metadata["tag"]:"s" AND -metadata["k"]:NULL', ['Jane']],
  ['name~"oHn"', ['John "J" Doe']],
  ['name:"John \\"J\\" Doe"', ['John "J" Doe']],
  ['metadata["tag"]:"s" AND created>1794999999', ['Jane', 'John "J" Doe']],
  ['metadata["tag"]:"s" AND created>1795000000', []],
  ['metadata["tag"]:"s" AND created<=1795000000', ['Jane', 'John "J" Doe']],
];

for (const [query, names] of CUSTOMER_QUERIES)
  documented('/search#search-query-language', `${query} finds ${names.join(' and ') || 'no customer'}`, async () => {
    await people();
    const { data } = await double().stripe.customers.search({ query });
    assert.deepEqual(data.map((one) => one.name).sort(), names);
  });

for (const query of [
  'email:"a@example.com" AND name:"b" OR name:"c"',
  '(email:"a@example.com")',
  'email',
  'email:',
  'email:a',
  'description:"x"',
  'nope:"x"',
  'name~"ab"',
  'metadata["k"]~"abc"',
  'name>"a"',
  'created~"123"',
  'created:"yesterday"',
  Array.from({ length: 11 }, () => 'name:"a"').join(' OR '),
])
  documented('/search#search-query-language', `the query ${query.slice(0, 60)} is rejected`, async () => {
    await rejected(double().stripe.customers.search({ query }), { statusCode: 400, param: 'query' });
  });

documented(
  '/search#query-fields-for-payment-intents',
  'payment intents are searched by amount, currency and status',
  async () => {
    const { stripe } = double();
    const made = await stripe.paymentIntents.create({ amount: 4321, currency: 'usd' });
    const query = 'amount>4000 AND amount<5000 AND currency:"USD" AND status:"requires_payment_method"';
    assert.deepEqual(
      (await stripe.paymentIntents.search({ query })).data.map((one) => one.id),
      [made.id],
    );
  },
);

documented('/search#query-fields-for-charges', 'charges are searched by the last digits of their card', async () => {
  const { stripe } = double();
  const paid = await stripe.paymentIntents.create({
    amount: 777,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
  const query = 'amount:777 AND payment_method_details.card.last4:4242 AND refunded:"false"';
  assert.deepEqual(
    (await stripe.charges.search({ query })).data.map((one) => one.id),
    [paid.latest_charge],
  );
});

documented('/search#pagination', 'a search goes on by next_page', async () => {
  const { stripe } = double();
  await people();
  const query = 'metadata["tag"]:"s"';
  const first = await stripe.customers.search({ query, limit: 1 });
  assert.deepEqual([first.data.length, first.has_more, typeof first.next_page], [1, true, 'string']);
  const second = await stripe.customers.search({ query, limit: 1, page: String(first.next_page) });
  assert.deepEqual([second.data.length, second.has_more, second.next_page], [1, false, null]);
  assert.notEqual(second.data[0]?.id, first.data[0]?.id);
});

documented('/search#data-freshness', 'the index lags behind the writes if it is set to lag', async () => {
  const { stripe, sandbox } = double();
  await people();
  sandbox.state.searchLag = 60;
  try {
    assert.deepEqual((await stripe.customers.search({ query: 'metadata["tag"]:"s"' })).data, []);
  } finally {
    sandbox.state.searchLag = 0;
  }
});
