/** Deliveries of the sandbox to webhook endpoints and event destinations. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach } from 'node:test';
import type Stripe from 'stripe';
import { documented } from './documented.ts';
import { double, openSandbox } from './event-setup.ts';

openSandbox();

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
    const [listed] = (await stripe.webhookEndpoints.list()).data;
    assert.match(String(listed?.application), /^ca_/);
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

documented(
  '/api/v2/core/event_destinations/create',
  'events_from names whose thin events a destination gets: the own account, connected accounts',
  async () => {
    const { stripe } = double();
    const { id } = await stripe.v2.core.eventDestinations.create({
      name: 'connected',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: ['v1.product.created'],
      events_from: ['@accounts'],
      webhook_endpoint: { url: hook },
    });
    await stripe.products.create({ name: 'own' });
    const theirs = await stripe.products.create({ name: 'theirs' }, { stripeAccount: 'acct_connected' });
    await received(1);
    const { context, related_object: related } = hits[0]?.event as unknown as Record<string, unknown>;
    assert.deepEqual([hits.length, context, (related as { id: string }).id], [1, 'acct_connected', theirs.id]);
    await stripe.v2.core.eventDestinations.del(id);
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
