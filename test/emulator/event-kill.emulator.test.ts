/** A process of `stripe-events` that is killed between the publication of an event and the write of its record. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { signed } from '../fixtures/stripe-webhooks.ts';
import { post, startFunction, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY } from '../../shared/sandbox/server.ts';
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { pubsubIsHere, startPubsub, type Pubsub } from './pubsub.ts';
import { startStripeOverHttp, type StripeOverHttp } from './stripe-over-http.ts';

const SECRET = 'whsec_kill000000';

if (emulatorIsHere() && pubsubIsHere()) {
  let firestore: Emulator;
  let store: CountingProxy;
  let pubsub: Pubsub;
  let stripe: StripeOverHttp;
  before(async () => {
    [firestore, pubsub, stripe] = await Promise.all([
      startFirestore(),
      startPubsub(),
      startStripeOverHttp(({ path }) => ({ id: path.split('/').at(-1), object: 'customer' })),
    ]);
    store = await startCountingProxy(firestore.host);
    await pubsub.topic('kills');
  });
  after(async () => {
    await Promise.all([stripe.close(), store.close()]);
    await Promise.all([firestore.stop(), pubsub.stop()]);
  });

  const start = (): Promise<Running> =>
    startFunction({
      name: 'stripe-events',
      env: {
        STRIPE_API_KEY: SANDBOX_KEY,
        STRIPE_API_BASE: stripe.url,
        FIRESTORE_EMULATOR_HOST: store.host,
        PUBSUB_EMULATOR_HOST: pubsub.host,
        STRIPE_WEBHOOK_SECRET: SECRET,
        CONNECTION_SETTINGS: JSON.stringify({ name: 'kills', events_topic: 'projects/stripe-local/topics/kills' }),
      },
    });
  const deliver = async (running: Running, body: EventBody): Promise<unknown> => {
    const text = JSON.stringify(body);
    return (await post(running.url, text, { 'stripe-signature': signed(SECRET, text) })).body['status'];
  };

  for (const [n, event] of [snapshotEvent, thinEvent].entries())
    test(`an event whose receiver is killed before the record is written is published again under its id: ${event.name}`, async () => {
      const object = { id: 'cus_1', object: 'customer' };
      const body = event({ n, type: 'customer.updated', object, createdS: Math.floor(Date.now() / 1000) });
      const victim = await start();
      const before = store.withheld;
      store.withhold('stripeEvents');
      const unanswered = deliver(victim, body).catch(() => 'killed');
      const [first] = await pubsub.pull('kills', 1);
      for (let tries = 0; store.withheld === before && tries < 1000; tries += 1) await pause(20);
      assert.ok(store.withheld > before, 'it was about to write the record');
      await victim.stop();
      assert.equal(await unanswered, 'killed', 'Stripe got no response, and delivers again');
      store.withhold(undefined);
      const next = await start();
      try {
        assert.deepEqual([await deliver(next, body), await deliver(next, body)], ['published', 'duplicate']);
      } finally {
        await next.stop();
      }
      const [second, ...more] = await pubsub.pull('kills', 1);
      assert.deepEqual(
        [first, second].map((message) => message?.attributes['ce-id']),
        [body.id, body.id],
      );
      assert.deepEqual(more, []);
    });
}
