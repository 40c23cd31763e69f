/** Event destinations of API v2: what they take, what they show, their state; thin events and their snapshots. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented } from './documented.ts';
import { double, openSandbox } from './event-setup.ts';

openSandbox();

type Params = Partial<Stripe.V2.Core.EventDestinationCreateParams>;

const create = (more: Params = {}): Promise<Stripe.V2.Core.EventDestination> =>
  double().stripe.v2.core.eventDestinations.create({
    name: 'Shop',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: ['v1.customer.created'],
    webhook_endpoint: { url: 'https://example.com/events' },
    ...more,
  });

documented(
  '/api/v2/core/event_destinations/object',
  'URL and secret are shown where they are included, the secret once',
  async () => {
    const include = ['webhook_endpoint.signing_secret', 'webhook_endpoint.url'] as const;
    const { eventDestinations } = double().stripe.v2.core;
    const made = await create({ include: [...include] });
    assert.match(String(made.webhook_endpoint?.signing_secret), /^whsec_/);
    assert.deepEqual([made.status, made.events_from], ['enabled', ['self']]);
    assert.equal((await create()).webhook_endpoint?.url ?? null, null);
    const read = await eventDestinations.retrieve(made.id, { include: ['webhook_endpoint.url'] });
    assert.deepEqual(
      [read.webhook_endpoint?.url, read.webhook_endpoint?.signing_secret ?? null],
      ['https://example.com/events', null],
    );
    assert.equal((await eventDestinations.retrieve(made.id)).webhook_endpoint?.url ?? null, null);
  },
);

documented(
  '/api/v2/core/event_destinations/disable',
  'a destination is disabled, enabled, changed and deleted',
  async () => {
    const { eventDestinations } = double().stripe.v2.core;
    const { id } = await create();
    const disabled = await eventDestinations.disable(id);
    assert.deepEqual([disabled.status, disabled.status_details?.disabled?.reason], ['disabled', 'user']);
    assert.equal((await eventDestinations.enable(id)).status, 'enabled');
    const { enabled_events, description } = await eventDestinations.update(id, {
      enabled_events: ['v1.customer.updated'],
      description: 'changes',
    });
    assert.deepEqual([enabled_events, description], [['v1.customer.updated'], 'changes']);
    assert.equal((await eventDestinations.del(id)).id, id);
    await assert.rejects(eventDestinations.retrieve(id), { statusCode: 404 });
  },
);

documented('/event-destinations', 'a destination takes the types of its events alone', async () => {
  await assert.rejects(create({ enabled_events: ['customer.created'] }), { statusCode: 400 });
  await assert.rejects(create({ event_payload: 'snapshot' }), { statusCode: 400 });
  const snapshots = await create({ event_payload: 'snapshot', enabled_events: ['customer.created'] });
  assert.equal(snapshots.event_payload, 'snapshot');
  await assert.rejects(create({ webhook_endpoint: { url: 'nowhere' } }), { statusCode: 400 });
});

documented('/api/v2/core/event_destinations/ping', 'a ping is an event of the destination', async () => {
  const { stripe } = double();
  const { id } = await create();
  const event = (await stripe.v2.core.eventDestinations.ping(id)) as unknown as Record<string, unknown>;
  assert.equal(event['type'], 'v2.core.event_destination.ping');
  assert.deepEqual((event['related_object'] as Record<string, unknown>)['id'], id);
});

documented('/api/v2/core/events/object', 'a thin event names its request, its object and its snapshot', async () => {
  const { stripe, raw } = double();
  const { body, headers } = await raw('POST', '/v1/customers', 'name=thin', { 'idempotency-key': 'thin-1' });
  const [event] = (await stripe.v2.core.events.list({ object_id: String(body['id']) })).data;
  assert.ok(event);
  const { reason, snapshot_event: snapshot } = event as unknown as {
    reason: { request: unknown };
    snapshot_event: string;
  };
  assert.deepEqual(reason.request, { id: headers.get('request-id'), idempotency_key: 'thin-1' });
  assert.equal((await stripe.events.retrieve(snapshot)).type, 'customer.created');
  assert.equal((await stripe.v2.core.events.retrieve(event.id)).type, 'v1.customer.created');
});
