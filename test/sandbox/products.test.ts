/** Products, plans, sources, and what Stripe generates for new objects. */
import assert from 'node:assert/strict';
import { documented, ownSandbox, rejected } from './documented.ts';

const double = ownSandbox({ now: () => 1_795_000_000 });

documented(
  '/api/products/create#create_product-default_price_data',
  'a default price is made along with its product',
  async () => {
    const { stripe } = double();
    const product = await stripe.products.create({
      name: 'Mug',
      default_price_data: { currency: 'usd', unit_amount: 1200 },
      expand: ['default_price'],
    });
    assert.ok(typeof product.default_price === 'object' && product.default_price !== null);
    const { unit_amount, product: of, type, active } = product.default_price;
    assert.deepEqual([unit_amount, of, type, active], [1200, product.id, 'one_time', true]);
    await rejected(stripe.products.create({ id: 'none', name: 'x', default_price_data: { currency: 'usd' } }));
    await rejected(stripe.products.retrieve('none'), { statusCode: 404 });
  },
);

documented('/api/products/update#update_product-default_price', 'a default price is one of the product', async () => {
  const { stripe } = double();
  const [one, other] = [await stripe.products.create({ name: 'a' }), await stripe.products.create({ name: 'b' })];
  const price = await stripe.prices.create({ product: one.id, currency: 'usd', unit_amount: 5 });
  assert.equal((await stripe.products.update(one.id, { default_price: price.id })).default_price, price.id);
  await rejected(stripe.products.update(other.id, { default_price: price.id }), { param: 'default_price' });
});

documented('/api/products/create#create_product-images', 'a product has at most eight images', async () => {
  const images = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `https://example.com/${index}`);
  const { stripe } = double();
  assert.equal((await stripe.products.create({ name: 'x', images: images(8) })).images.length, 8);
  await rejected(stripe.products.create({ name: 'x', images: images(9) }), { param: 'images' });
});

documented('/api/products/object#product_object-updated', 'an update of a product is dated', async () => {
  const { stripe, sandbox } = double();
  const { id, created, updated } = await stripe.products.create({ name: 'x' });
  assert.equal(updated, created);
  sandbox.state.advance(60);
  assert.equal((await stripe.products.update(id, { name: 'y' })).updated, created + 60);
});

documented('/api/products/delete', 'a product with prices is not deleted, one without is', async () => {
  const { stripe } = double();
  const { product } = await stripe.prices.create({ currency: 'usd', unit_amount: 5, product_data: { name: 'x' } });
  await rejected(stripe.products.del(String(product)), { statusCode: 400 });
  assert.equal((await stripe.products.del((await stripe.products.create({ name: 'x' })).id)).deleted, true);
});

documented('/api/plans/create', 'a plan makes its product, and needs an amount', async () => {
  const { stripe } = double();
  const plan = await stripe.plans.create({ currency: 'usd', interval: 'month', amount: 500, product: { name: 'Box' } });
  assert.deepEqual([plan.active, String(plan.amount_decimal), plan.usage_type], [true, '500', 'licensed']);
  assert.equal((await stripe.products.retrieve(String(plan.product))).name, 'Box');
  await rejected(stripe.plans.create({ currency: 'usd', interval: 'month', product: 'prod_x' }), {
    code: 'resource_missing',
  });
});

documented('/api/cards/create', 'a card is added to a customer by its token, the first is the default', async () => {
  const { stripe } = double();
  const { id } = await stripe.customers.create({});
  const card = await stripe.customers.createSource(id, { source: 'tok_mastercard' });
  assert.ok(card.object === 'card');
  assert.deepEqual([card.brand, card.last4, card.customer], ['mastercard', '4444', id]);
  const customer = await stripe.customers.retrieve(id, { expand: ['sources'] });
  assert.ok(customer.deleted !== true);
  assert.deepEqual([customer.default_source, customer.sources?.data.length], [card.id, 1]);
  await rejected(stripe.customers.createSource(id, { source: 'tok_nosuch' }), { code: 'resource_missing' });
});

documented(
  '/api/customer_bank_accounts/verify',
  'a bank account is verified by the two amounts of test mode',
  async () => {
    const { stripe } = double();
    const { id } = await stripe.customers.create({});
    const account = await stripe.customers.createSource(id, { source: 'btok_us' });
    assert.ok(account.object === 'bank_account');
    assert.deepEqual([account.status, account.last4, account.bank_name], ['new', '6789', 'STRIPE TEST BANK']);
    await rejected(stripe.customers.verifySource(id, account.id, { amounts: [1, 2] }), { statusCode: 400 });
    const verified = await stripe.customers.verifySource(id, account.id, { amounts: [32, 45] });
    assert.equal((verified as { status?: string }).status, 'verified');
  },
);

documented('/api/account_links/object', 'an account link has an address and a short life, and no id', async () => {
  const { stripe } = double();
  const { id } = await stripe.accounts.create({ country: 'US' });
  const link = await stripe.accountLinks.create({
    account: id,
    type: 'account_onboarding',
    refresh_url: 'https://example.com/r',
    return_url: 'https://example.com/b',
  });
  assert.match(link.url, /^https:\/\/connect\.stripe\.com\//);
  assert.ok(link.expires_at > link.created && !Object.hasOwn(link, 'id'));
});

documented('/api/customer_portal/sessions/object', 'a portal session has an address', async () => {
  const { stripe } = double();
  const { id } = await stripe.customers.create({});
  assert.match(String((await stripe.billingPortal.sessions.create({ customer: id })).url), /\/_sandbox\/portal\/bps_/);
});

documented('/api/billing/meter/object', 'a meter reads the payload by the default keys', async () => {
  const meter = await double().stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  });
  assert.deepEqual(
    [meter.customer_mapping.event_payload_key, meter.value_settings.event_payload_key],
    ['stripe_customer_id', 'value'],
  );
});

documented('/api/accounts/retrieve', 'the own account is read without an id', async () => {
  const { stripe } = double();
  const own = await stripe.accounts.retrieveCurrent();
  assert.deepEqual([own.object, own.type, own.charges_enabled], ['account', 'standard', true]);
  const { id } = await stripe.accounts.create({ country: 'US' });
  assert.equal((await stripe.accounts.retrieveCurrent({}, { stripeAccount: id })).id, id);
});

documented('/error-codes#resource-missing', 'what a parameter names must be there', async () => {
  const { raw } = double();
  const { status, body } = await raw('POST', '/v1/file_links', 'file=file_nosuch');
  assert.deepEqual([status, body.error?.['code'], body.error?.['param']], [400, 'resource_missing', 'file']);
});
