/**
 * A write that waits for its outcome, on a built instance; the event arrives at another one. Firestore is between them.
 * The call is repeated after its instance was killed.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { eventOf, signed } from '../fixtures/stripe-webhooks.ts';
import { post, startFunction, type Answered, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { sized } from '../support/sizes.ts';
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { pubsubIsHere, startPubsub, type Pubsub } from './pubsub.ts';

const SECRET = 'whsec_waiting000';
const WAITS = sized(3, 40);
const WAIT = { status: ['succeeded'], seconds: 40 };

if (emulatorIsHere() && pubsubIsHere()) {
  let firestore: Emulator;
  let pubsub: Pubsub;
  let sandbox: Sandbox;
  let proxy: CountingProxy;
  let receiver: Running;
  let env: Record<string, string>;
  before(async () => {
    [firestore, pubsub] = await Promise.all([startFirestore(), startPubsub()]);
    [sandbox, proxy] = await Promise.all([startSandbox({ seed: 83 }), startCountingProxy(firestore.host)]);
    await pubsub.topic('waited');
    env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: firestore.host,
      PUBSUB_EMULATOR_HOST: pubsub.host,
      STRIPE_WEBHOOK_SECRET: SECRET,
      CONNECTION_SETTINGS: JSON.stringify({
        name: 'waited',
        events_topic: 'projects/stripe-local/topics/waited',
        min_nodes: 100,
        max_nodes: 100,
      }),
    };
    receiver = await startFunction({ name: 'stripe-events', env });
  });
  after(async () => {
    await receiver.stop();
    await Promise.all([sandbox.close(), proxy.close()]);
    await Promise.all([firestore.stop(), pubsub.stop()]);
  });

  /** An instance that waits. Its requests to Firestore are counted. */
  const waiter = (): Promise<Running> =>
    startFunction({ name: 'update-entity', env: { ...env, FIRESTORE_EMULATOR_HOST: proxy.host } });
  const intents = new Map<string, object>();
  const created = (): string => {
    const intent = sandbox.seed('PaymentIntent', { amount: 100, currency: 'usd', status: 'processing' });
    const id = String(intent['id']);
    intents.set(id, intent);
    return id;
  };
  const update = (at: Running, id: string, operationId: string): Promise<Answered> =>
    post(at.url, {
      entity: 'PaymentIntent',
      entityId: id,
      connectorInputPayload: { Description: 'waits' },
      operationId,
      waitFor: WAIT,
    });
  /** The payment succeeds at Stripe, and its event arrives at the receiver. */
  const arrive = async (id: string): Promise<string> => {
    Object.assign(intents.get(id) ?? assert.fail(id), { status: 'succeeded' });
    const event = eventOf('payment_intent.succeeded', { id, object: 'payment_intent', status: 'succeeded' });
    const text = JSON.stringify(event);
    const answer = await post(receiver.url, text, { 'stripe-signature': signed(SECRET, text) });
    assert.equal(answer.status, 200, answer.text);
    return event.id;
  };
  const writes = (id: string): number =>
    sandbox.requests.filter(({ method, path }) => method === 'POST' && path.endsWith(id)).length;
  /** Until Stripe has the write of a call. */
  const written = async (id: string): Promise<void> => {
    while (writes(id) === 0) await pause(20);
  };

  test('an event at another instance ends the wait, after a few reads', async () => {
    const instance = await waiter();
    const delays: number[] = [];
    let most = 0;
    try {
      for (let n = 0; n < WAITS; n += 1) {
        const id = created();
        const call = update(instance, id, `wait-${n}`);
        await written(id);
        await pause(100 + ((n * 733) % 2500));
        const before = proxy.requests;
        const event = await arrive(id);
        const arrivedAt = performance.now();
        const { status, body } = await call;
        delays.push(performance.now() - arrivedAt);
        most = Math.max(most, proxy.requests - before);
        assert.deepEqual(
          [status, body['effect'], body['waitFor']],
          [200, 'done', { reached: true, status: 'succeeded', event }],
        );
      }
    } finally {
      await instance.stop();
    }
    delays.sort((a, b) => a - b);
    console.log(
      `${WAITS} waits: answered ${Math.round(delays[Math.ceil(WAITS * 0.95) - 1] ?? 0)} ms (p95) after the event was acknowledged elsewhere; at most ${most} requests to Firestore after it`,
    );
    assert.ok(most <= 50, `${most} requests`);
  });

  test('the call is repeated after its instance was killed, and finds the event', async () => {
    const first = await waiter();
    const id = created();
    const lost = update(first, id, 'wait-killed').catch(() => undefined);
    await written(id);
    // The record of the write is stored once the wait reads the inbox.
    const before = proxy.requests;
    while (proxy.requests < before + 3) await pause(20);
    await first.stop();
    assert.equal(await lost, undefined);
    const event = await arrive(id);
    const second = await waiter();
    try {
      const { status, body } = await update(second, id, 'wait-killed');
      assert.deepEqual(
        [status, body['effect'], body['waitFor']],
        [200, 'done', { reached: true, status: 'succeeded', event }],
      );
      assert.equal(writes(id), 1);
    } finally {
      await second.stop();
    }
  });
}
