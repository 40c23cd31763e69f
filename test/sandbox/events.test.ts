/** Events of the sandbox: which write has which, with what data. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented } from './documented.ts';
import { double, openSandbox } from './event-setup.ts';

openSandbox();

/** The types of the events of a piece of work, in the order in which they were made. */
async function typesOf(work: () => Promise<unknown>): Promise<string[]> {
  const { stripe } = double();
  const last = (await stripe.events.list({ limit: 1 })).data[0]?.id;
  await work();
  const { data } = await stripe.events.list({ limit: 100, ...(last === undefined ? {} : { ending_before: last }) });
  return data.map(({ type }) => type).reverse();
}

const pay = (params: Partial<Stripe.PaymentIntentCreateParams> = {}): Promise<Stripe.PaymentIntent> =>
  double().stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    ...params,
  });

documented(
  '/api/events/types',
  'a payment is payment_intent.created, charge.succeeded, payment_intent.succeeded',
  async () => {
    const types = await typesOf(() => pay());
    assert.deepEqual(
      types.filter((type) => /^(charge|payment_intent)\./.test(type)),
      ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded'],
    );
  },
);

documented(
  '/api/events/types#event_types-payment_intent.payment_failed',
  'a decline is charge.failed and payment_intent.payment_failed',
  async () => {
    const types = await typesOf(() => pay({ payment_method: 'pm_card_visa_chargeDeclined' }).catch(() => undefined));
    assert.deepEqual(
      types.filter((type) => /^(charge|payment_intent)\./.test(type)),
      ['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed'],
    );
  },
);

documented(
  '/api/events/types#event_types-payment_intent.amount_capturable_updated',
  'a hold and its capture have their own events',
  async () => {
    const { stripe } = double();
    let id = '';
    const held = await typesOf(async () => ({ id } = await pay({ capture_method: 'manual' })));
    assert.ok(held.includes('payment_intent.amount_capturable_updated') && !held.includes('payment_intent.succeeded'));
    const taken = await typesOf(() => stripe.paymentIntents.capture(id));
    assert.ok(taken.includes('charge.captured') && taken.includes('payment_intent.succeeded'));
    const canceled = await pay({ capture_method: 'manual' });
    assert.ok((await typesOf(() => stripe.paymentIntents.cancel(canceled.id))).includes('payment_intent.canceled'));
  },
);

documented(
  '/api/events/types#event_types-charge.refunded',
  'a refund is charge.refunded and refund.created',
  async () => {
    const { stripe } = double();
    const { id } = await pay();
    const types = await typesOf(() => stripe.refunds.create({ payment_intent: id, amount: 300 }));
    assert.ok(types.includes('charge.refunded') && types.includes('refund.created'), types.join());
  },
);

documented('/api/events/types#event_types-charge.dispute.created', 'a dispute is charge.dispute.created', async () => {
  const types = await typesOf(() => pay({ payment_method: 'pm_card_createDispute' }));
  assert.ok(types.includes('charge.dispute.created'), types.join());
});

documented(
  '/api/events/types#event_types-customer.subscription.created',
  'a subscription begins and ends as customer.subscription',
  async () => {
    const { stripe } = double();
    const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    const [method] = (await stripe.paymentMethods.list({ customer })).data;
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval: 'month' },
      product_data: { name: 'Box' },
    });
    let id = '';
    const begun = await typesOf(
      async () =>
        ({ id } = await stripe.subscriptions.create({
          customer,
          items: [{ price: price.id }],
          default_payment_method: String(method?.id),
        })),
    );
    for (const type of [
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    ])
      assert.ok(begun.includes(type), `${type} of ${begun.join()}`);
    assert.ok(!begun.some((type) => type.startsWith('subscription.')));
    const ended = await typesOf(() => stripe.subscriptions.cancel(id));
    assert.ok(ended.includes('customer.subscription.deleted') && !ended.includes('customer.subscription.updated'));
  },
);

documented(
  '/api/events/types#event_types-payment_method.attached',
  'attaching and detaching have their own events',
  async () => {
    const { stripe } = double();
    const { id: customer } = await stripe.customers.create({});
    let id = '';
    assert.deepEqual(
      await typesOf(async () => ({ id } = await stripe.paymentMethods.attach('pm_card_visa', { customer }))),
      ['payment_method.attached'],
    );
    assert.deepEqual(await typesOf(() => stripe.paymentMethods.detach(id)), ['payment_method.detached']);
  },
);

for (const [path, params] of [
  ['product', { name: 'x' }],
  ['coupon', { percent_off: 5, duration: 'once' }],
] as const)
  documented(`/api/events/types#event_types-${path}.created`, `a ${path} is created, updated and deleted`, async () => {
    const { raw } = double();
    const form = Object.entries(params)
      .map(([key, value]) => `${key}=${value}`)
      .join('&');
    const types = await typesOf(async () => {
      const { body } = await raw('POST', `/v1/${path}s`, form);
      await raw('POST', `/v1/${path}s/${String(body['id'])}`, 'metadata[a]=1');
      await raw('DELETE', `/v1/${path}s/${String(body['id'])}`);
    });
    assert.deepEqual(types, [`${path}.created`, `${path}.updated`, `${path}.deleted`]);
  });

documented(
  '/api/events/object#event_object-data',
  'an update has the attributes of before, nested ones alone',
  async () => {
    const { stripe } = double();
    const { id } = await stripe.customers.create({ name: 'Jane', metadata: { a: '1', b: '2' } });
    await stripe.customers.update(id, { name: 'Ann', metadata: { a: '3', c: '4' } });
    const [event] = (await stripe.events.list({ type: 'customer.updated', limit: 1 })).data;
    assert.deepEqual(event?.data.previous_attributes, { name: 'Jane', metadata: { a: '1', c: null } });
    const [created] = (await stripe.events.list({ type: 'customer.created', limit: 1 })).data;
    assert.equal(created?.data.previous_attributes, undefined);
    assert.equal((created?.data.object as Stripe.Customer).name, 'Jane');
  },
);

documented(
  '/api/events/object#event_object-request',
  'an event names the request that caused it, and its key',
  async () => {
    const { raw, stripe } = double();
    const { headers } = await raw('POST', '/v1/customers', 'name=r', { 'idempotency-key': 'caused' });
    const [event] = (await stripe.events.list({ type: 'customer.created', limit: 1 })).data;
    assert.deepEqual(event?.request, { id: headers.get('request-id'), idempotency_key: 'caused' });
  },
);

documented('/api/events/object#event_object-account', 'an event of a connected account names the account', async () => {
  const { stripe } = double();
  const options = { stripeAccount: 'acct_connected' };
  await stripe.customers.create({ name: 'c' }, options);
  const [event] = (await stripe.events.list({ limit: 1 }, options)).data;
  assert.deepEqual([event?.account, event?.context], ['acct_connected', 'acct_connected']);
  const own = (await stripe.events.list({ limit: 1 })).data[0];
  assert.equal(own?.account, undefined);
});

documented('/api/events', 'what did not change has no event', async () => {
  const { stripe } = double();
  const { id } = await stripe.customers.create({ name: 'same' });
  assert.deepEqual(await typesOf(() => stripe.customers.update(id, { name: 'same' })), []);
  assert.deepEqual(await typesOf(() => stripe.customers.list({})), []);
});
