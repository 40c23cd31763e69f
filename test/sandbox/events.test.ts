/** Events: their names, order and content; deliveries to endpoints of this machine. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach } from 'node:test';
import type Stripe from 'stripe';
import { documented, ownSandbox } from './documented.ts';

const double = ownSandbox({ retryDelays: [1, 1, 1] });

interface Hit {
  readonly event: Stripe.Event;
  readonly body: string;
  readonly signature: string;
}

const hits: Hit[] = [];
/** Status of the next answers; 200 after them. */
const failures: number[] = [];
let arrived = (): void => undefined;
let receiver: http.Server;
let hook: string;

before(async () => {
  receiver = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const signature = String(request.headers['stripe-signature']);
      hits.push({ event: JSON.parse(body) as Stripe.Event, body, signature });
      response.writeHead(failures.shift() ?? 200).end();
      setImmediate(() => arrived());
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiver.unref();
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
after(() => receiver.close());
beforeEach(() => {
  hits.length = 0;
  failures.length = 0;
});

/** Until the receiver has so many hits. */
function received(count: number): Promise<void> {
  return new Promise((resolve) => {
    arrived = () => {
      if (hits.length >= count) resolve();
    };
    arrived();
  });
}

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

documented('/webhooks#verify-events', 'an event is delivered with a signature of its endpoint', async () => {
  const { stripe } = double();
  const { id, secret } = await stripe.webhookEndpoints.create({ url: hook, enabled_events: ['customer.created'] });
  await stripe.products.create({ name: 'unasked' });
  await stripe.customers.create({ name: 'told' });
  await received(1);
  const [hit] = hits;
  assert.ok(hit && secret !== undefined);
  const event = stripe.webhooks.constructEvent(hit.body, hit.signature, String(secret));
  assert.deepEqual([event.type, event.pending_webhooks], ['customer.created', 1]);
  await stripe.webhookEndpoints.del(id);
});

documented(
  '/webhooks#retries',
  'a delivery that fails is retried, and pending_webhooks falls when it is taken',
  async () => {
    const { stripe, sandbox } = double();
    const { id } = await stripe.webhookEndpoints.create({ url: hook, enabled_events: ['product.created'] });
    failures.push(500, 503);
    await stripe.products.create({ name: 'retried' });
    await received(3);
    const delivery = sandbox.deliveries.all.at(-1);
    assert.ok(delivery);
    while (delivery.state === 'pending') await new Promise(setImmediate);
    assert.deepEqual(
      delivery.attempts.map(({ status }) => status),
      [500, 503, 200],
    );
    const [event] = (await stripe.events.list({ type: 'product.created', limit: 1 })).data;
    assert.equal(event?.pending_webhooks, 0);
    assert.deepEqual(new Set(hits.map((hit) => hit.event.id)), new Set([event.id]));
    await stripe.webhookEndpoints.del(id);
  },
);

documented('/webhooks#disable', 'a disabled endpoint gets nothing', async () => {
  const { stripe } = double();
  const { id } = await stripe.webhookEndpoints.create({ url: hook, enabled_events: ['*'] });
  assert.equal((await stripe.webhookEndpoints.update(id, { disabled: true })).status, 'disabled');
  await stripe.products.create({ name: 'silent' });
  await stripe.webhookEndpoints.update(id, { disabled: false });
  await stripe.products.create({ name: 'loud' });
  await received(1);
  assert.deepEqual(
    hits.map(({ event }) => (event.data.object as Stripe.Product).name),
    ['loud'],
  );
  await stripe.webhookEndpoints.del(id);
});

documented(
  '/connect/webhooks',
  'an endpoint of a platform gets the events of connected accounts where it asks for them',
  async () => {
    const { stripe } = double();
    const { id } = await stripe.webhookEndpoints.create({
      url: hook,
      enabled_events: ['product.created'],
      connect: true,
    });
    await stripe.products.create({ name: 'own' });
    await stripe.products.create({ name: 'theirs' }, { stripeAccount: 'acct_connected' });
    await received(1);
    assert.deepEqual(
      hits.map(({ event }) => event.account),
      ['acct_connected'],
    );
    await stripe.webhookEndpoints.del(id);
  },
);

documented('/api/webhook_endpoints/create', 'an endpoint shows its secret once, and its URL must be one', async () => {
  const { stripe } = double();
  const made = await stripe.webhookEndpoints.create({ url: 'https://example.com/w', enabled_events: ['*'] });
  assert.match(String(made.secret), /^whsec_\w+$/);
  const read = await stripe.webhookEndpoints.retrieve(made.id);
  assert.deepEqual([read.secret, read.status], [undefined, 'enabled']);
  await assert.rejects(stripe.webhookEndpoints.create({ url: 'nowhere', enabled_events: ['*'] }), {
    code: 'url_invalid',
  });
  await stripe.webhookEndpoints.del(made.id);
});

documented('/event-destinations#thin-events', 'a destination of thin events gets names without state', async () => {
  const { stripe } = double();
  const destination = await stripe.v2.core.eventDestinations.create({
    name: 'thin',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: ['v1.customer.created'],
    webhook_endpoint: { url: hook },
    include: ['webhook_endpoint.signing_secret'],
  });
  const secret = String(destination.webhook_endpoint?.signing_secret);
  const { id } = await stripe.customers.create({ name: 'thin' });
  await received(1);
  const [hit] = hits;
  assert.ok(hit);
  const notification = stripe.parseEventNotification(hit.body, hit.signature, secret) as unknown as Record<
    string,
    unknown
  >;
  assert.equal(notification['type'], 'v1.customer.created');
  const { related_object: related, data } = JSON.parse(hit.body) as Record<string, unknown>;
  assert.deepEqual([related, data ?? null], [{ id, type: 'customer', url: `/v1/customers/${id}` }, null]);
  const { data: listed } = await stripe.v2.core.events.list({ object_id: id });
  assert.deepEqual(
    listed.map((event) => event.type),
    ['v1.customer.created'],
  );
  await stripe.v2.core.eventDestinations.del(destination.id);
});
