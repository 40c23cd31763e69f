/** Flows of customers: saved methods, sources, setup, search, events, errors. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop } from '../money/shop.ts';

const documented = inShop();

documented(
  '/api/cards/create',
  'flow: an old integration charges the default source of a customer',
  async ({ stripe }) => {
    const customer = await stripe.customers.create({ email: 'old@example.com', source: 'tok_visa' });
    const charge = await stripe.charges.create({ amount: 700, currency: 'usd', customer: customer.id });
    assert.deepEqual(
      [charge.status, charge.customer, charge.payment_method],
      ['succeeded', customer.id, customer.default_source],
    );
    assert.equal((charge.source as Stripe.Card | null)?.last4, '4242');
    const changed = await stripe.customers.update(customer.id, { source: 'tok_mastercard' });
    assert.notEqual(changed.default_source, customer.default_source);
    const { data } = await stripe.customers.listSources(customer.id, { object: 'card' });
    assert.deepEqual(
      data.map((one) => [one.id, (one as Stripe.Card).brand]),
      [[changed.default_source, 'mastercard']],
    );
    const paid = await stripe.paymentIntents.create({
      amount: 800,
      currency: 'usd',
      customer: customer.id,
      payment_method: String(changed.default_source),
      off_session: true,
      confirm: true,
    });
    assert.equal(paid.status, 'succeeded');
    await stripe.customers.deleteSource(customer.id, String(changed.default_source));
    assert.equal(((await stripe.customers.retrieve(customer.id)) as Stripe.Customer).default_source, null);
    await rejected(stripe.charges.create({ amount: 700, currency: 'usd', customer: customer.id }), { code: 'missing' });
  },
);

documented('/api/customers/create', 'flow: a customer with a declined source is not created', async ({ stripe }) => {
  const params = { email: 'declined@example.com', source: 'tok_chargeDeclinedInsufficientFunds' };
  await rejected(stripe.customers.create(params), { statusCode: 402, code: 'card_declined' });
  assert.equal((await stripe.customers.list({ email: params.email })).data.length, 0);
});

documented(
  '/payments/save-and-reuse',
  'flow: a card is set up, made the default, updated and detached',
  async (shop) => {
    const { stripe, customer } = shop;
    const id = await customer();
    const setup = await stripe.setupIntents.create({
      customer: id,
      payment_method: 'pm_card_visa',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    assert.deepEqual([setup.status, setup.usage], ['succeeded', 'off_session']);
    const method = String(setup.payment_method);
    const attempts = await stripe.setupAttempts.list({ setup_intent: setup.id });
    assert.deepEqual(
      attempts.data.map((attempt) => attempt.status),
      ['succeeded'],
    );
    await stripe.customers.update(id, { invoice_settings: { default_payment_method: method } });
    const changed = await stripe.paymentMethods.update(method, { billing_details: { name: 'Jane Doe' } });
    assert.equal(changed.billing_details.name, 'Jane Doe');
    const detached = await stripe.paymentMethods.detach(method);
    assert.equal(detached.customer, null);
    const { invoice_settings: settings } = (await stripe.customers.retrieve(id)) as Stripe.Customer;
    assert.equal(settings.default_payment_method, null);
    await rejected(stripe.paymentMethods.attach(method, { customer: id }), { statusCode: 400 });
  },
);

documented('/api/setup_intents/cancel', 'flow: a setup intent is declined, retried and canceled', async (shop) => {
  const { stripe, customer } = shop;
  const made = await stripe.setupIntents.create({
    customer: await customer(),
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    metadata: { user: '7' },
  });
  const error = await rejected(
    stripe.setupIntents.confirm(made.id, { payment_method: 'pm_card_chargeDeclinedExpiredCard' }),
    {
      code: 'expired_card',
      statusCode: 402,
    },
  );
  assert.equal((error['setup_intent'] as Stripe.SetupIntent).status, 'requires_payment_method');
  const canceled = await stripe.setupIntents.cancel(made.id, { cancellation_reason: 'requested_by_customer' });
  assert.deepEqual([canceled.status, canceled.metadata], ['canceled', { user: '7' }]);
  await rejected(stripe.setupIntents.confirm(made.id, { payment_method: 'pm_card_visa' }), {
    code: 'setup_intent_unexpected_state',
  });
});

documented(
  '/api/customers/delete',
  'flow: a deleted customer keeps its payments',
  async ({ stripe, pay, customer }) => {
    const id = await customer();
    const paid = await pay({ customer: id });
    assert.deepEqual(await stripe.customers.del(id).then(({ deleted, object }) => [deleted, object]), [
      true,
      'customer',
    ]);
    const kept = await stripe.paymentIntents.retrieve(paid.id, { expand: ['customer'] });
    assert.equal((kept.customer as Stripe.DeletedCustomer).deleted, true);
    await rejected(pay({ customer: id }), { code: 'resource_missing', param: 'customer', statusCode: 400 });
    await rejected(stripe.customers.update(id, { name: 'x' }), { code: 'resource_missing', statusCode: 404 });
  },
);

documented('/search', 'flow: support finds the payments of an order', async ({ stripe, pay }) => {
  await pay({ metadata: { order: 'A-1' }, amount: 1200 });
  await pay({ metadata: { order: 'A-2' }, amount: 1300 });
  const found = await stripe.paymentIntents.search({ query: "metadata['order']:'A-1' AND status:'succeeded'" });
  assert.deepEqual(
    found.data.map(({ amount }) => amount),
    [1200],
  );
  const larger = await stripe.charges.search({ query: 'amount>1250 AND amount<1350' });
  assert.deepEqual([larger.object, larger.data.length, larger.has_more], ['search_result', 1, false]);
  await rejected(stripe.charges.search({ query: 'nope:1' }), { statusCode: 400, rawType: 'invalid_request_error' });
});

documented('/api/idempotent_requests', 'flow: a retried payment is executed once', async ({ stripe }) => {
  const options = { idempotencyKey: 'order-42' };
  const params = { amount: 1000, currency: 'usd', payment_method: 'pm_card_visa', off_session: true, confirm: true };
  const first = await stripe.paymentIntents.create(params, options);
  const again = await stripe.paymentIntents.create(params, options);
  assert.equal(again.id, first.id);
  assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
  assert.equal(again.lastResponse.headers['original-request'], first.lastResponse.requestId);
  await rejected(stripe.paymentIntents.create({ ...params, amount: 1001 }, options), {
    type: 'StripeIdempotencyError',
    statusCode: 400,
    message: /same parameters/,
  });
});

documented('/api/events/list', 'flow: the events of a payment are read in order', async ({ stripe, pay }) => {
  const paid = await pay({ metadata: { flow: 'events' } });
  const { data } = await stripe.events.list({ limit: 10 });
  const own = data.filter(({ data: { object } }) => {
    const one = object as { id?: string; payment_intent?: string };
    return one.id === paid.id || one.payment_intent === paid.id;
  });
  assert.deepEqual(own.map(({ type }) => type).sort(), [
    'charge.succeeded',
    'payment_intent.created',
    'payment_intent.succeeded',
  ]);
  assert.ok(own.every(({ request }) => request?.id === own[0]?.request?.id && request?.id?.startsWith('req_')));
});
