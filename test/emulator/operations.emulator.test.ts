/** Instances that share their operations through Firestore: one is killed in the middle, another one finishes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { errorOf, post, startFunction, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

if (emulatorIsHere()) {
  let emulator: Emulator;
  let sandbox: Sandbox;
  let one: Running;
  let other: Running;
  before(async () => {
    emulator = await startFirestore();
    sandbox = await startSandbox({ seed: 4 });
    const env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: emulator.host,
      // A lease lasts five seconds longer than the call may.
      CONNECTION_SETTINGS: JSON.stringify({ name: 'operations', deadline_ms: 4000, max_wait_ms: 4000 }),
    };
    [one, other] = (await Promise.all([1, 2].map(() => startFunction({ name: 'payment-intent-create', env })))) as [
      Running,
      Running,
    ];
  });
  after(async () => {
    await Promise.all([one, other].map((running) => running.stop()));
    await sandbox.close();
    await emulator.stop();
  });

  const payment = {
    Amount: 1500,
    Currency: 'usd',
    PaymentMethod: 'pm_card_visa',
    Confirm: true,
    ReturnUrl: 'https://a.b',
  };
  const pay = (running: Running, operationId: string): ReturnType<typeof post> =>
    post(running.url, { operationId, connectorInputPayload: payment });
  const keys = (): string[] =>
    sandbox.requests.filter(({ method }) => method === 'POST').map(({ idempotencyKey }) => idempotencyKey ?? '');

  test('what one instance did another answers from the record', async () => {
    const first = await pay(one, 'order-1');
    assert.equal(first.status, 200, first.text);
    const again = await pay(other, 'order-1');
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(keys(), ['order-1']);
  });

  test('an instance is killed in the middle of a payment: others wait for its lease, then finish it, once', async () => {
    sandbox.requests.length = 0;
    sandbox.faults.add({ kind: 'delay', ms: 2000, times: 1 });
    const lost = pay(one, 'order-2').then(
      () => 'answered',
      () => 'lost',
    );
    while (sandbox.requests.length === 0) await pause(10);
    process.kill(one.pid, 'SIGKILL');
    assert.equal(await lost, 'lost');
    let answer = await pay(other, 'order-2');
    assert.equal(answer.status, 409);
    assert.equal(errorOf(answer).details[0]?.reason, 'OPERATION_IN_FLIGHT');
    assert.equal(errorOf(answer).details[0]?.metadata?.['effect'], 'unknown');
    for (let tries = 0; answer.status === 409 && tries < 40; tries += 1) {
      await pause(500);
      answer = await pay(other, 'order-2');
    }
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(keys(), ['order-2', 'order-2'], 'the same key, and no more requests than callers who worked');
    const { connectorOutputPayload } = answer.body as { connectorOutputPayload: { Id: string } };
    const made = await fetch(`${sandbox.url}/v1/payment_intents?limit=100`, {
      headers: { authorization: `Bearer ${SANDBOX_KEY}` },
    });
    const { data } = (await made.json()) as { data: { id: string }[] };
    assert.equal(data.length, 2, 'one of each order');
    assert.ok(data.some(({ id }) => id === connectorOutputPayload.Id));
  });
}
