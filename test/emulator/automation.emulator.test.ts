/** Pub/Sub in, results out: the built function behind the emulators of Pub/Sub and Firestore. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { POISON, type Poison } from '../fixtures/poison.ts';
import { runCommand } from '../functions/command.ts';
import { errorOf, post, startFunction, type Answered, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { startDeliveryProxy, type DeliveryProxy } from './delivery-proxy.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { pubsubIsHere, startPubsub, type Got, type Pubsub } from './pubsub.ts';

if (emulatorIsHere() && pubsubIsHere()) {
  let firestore: Emulator;
  let pubsub: Pubsub;
  let sandbox: Sandbox;
  let running: Running;
  let proxy: DeliveryProxy;
  let env: Record<string, string>;
  before(async () => {
    [firestore, pubsub] = await Promise.all([startFirestore(), startPubsub()]);
    sandbox = await startSandbox({ seed: 31 });
    const topics = await Promise.all(['asks', 'results', 'dead'].map((name) => pubsub.topic(name)));
    const settings = {
      name: 'automation',
      min_nodes: 20,
      max_nodes: 20,
      account_ceiling: 120,
      endpoint_ceiling: 120,
      verbosity: '2',
      automation_topic: topics[0],
      results_topic: topics[1],
      dead_letter_topic: topics[2],
      automation_allowlist: ['List', 'Get', 'Create', 'Event.Create', 'ConfirmPaymentIntent', 'Update'],
    };
    env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: firestore.host,
      PUBSUB_EMULATOR_HOST: pubsub.host,
      CONNECTION_SETTINGS: JSON.stringify(settings),
    };
    running = await startFunction({ name: 'automation', env });
    proxy = await startDeliveryProxy(() => running.url);
    await pubsub.push('asks', 'asks-to-automation', proxy.url, {
      ackDeadlineSeconds: 600,
      retryPolicy: { minimumBackoff: '0.1s', maximumBackoff: '1s' },
    });
  });
  after(async () => {
    await proxy.close();
    await running.stop();
    await sandbox.close();
    await Promise.all([firestore.stop(), pubsub.stop()]);
  });
  beforeEach(async () => {
    sandbox.faults.clear();
    sandbox.requests.length = 0;
    proxy.deliveries.length = 0;
  });

  const ask = (data: unknown, attributes?: Record<string, string>): Promise<string[]> =>
    pubsub.publish('asks', [
      { data: typeof data === 'string' ? data : JSON.stringify(data), ...(attributes && { attributes }) },
    ]);
  const parsed = (got: Got | undefined): Record<string, unknown> =>
    JSON.parse(got?.data ?? '{}') as Record<string, unknown>;
  const customer = (Name: string): object => ({
    function: 'create-entity',
    entity: 'Customer',
    connectorInputPayload: { Name },
  });
  const pushed = (data: unknown, more: object = {}): object => ({
    message: {
      data: Buffer.from(JSON.stringify(data)).toString('base64'),
      messageId: '900',
      publishTime: new Date().toISOString(),
      ...more,
    },
    subscription: 'projects/p/subscriptions/s',
  });

  test('executes a message and publishes its result as a CloudEvent before the ack', async () => {
    await ask({ ...customer('Ada'), operationId: 'auto-1' });
    const [result, ...more] = await pubsub.pull('results');
    assert.equal(more.length, 0);
    const { connectorOutputPayload, operationId, effect } = parsed(result) as {
      connectorOutputPayload: { Id: string };
      operationId: string;
      effect: string;
    };
    assert.match(connectorOutputPayload.Id, /^cus_/);
    assert.deepEqual([operationId, effect], ['auto-1', 'done']);
    assert.equal(result?.orderingKey, connectorOutputPayload.Id);
    const { 'ce-id': id, 'ce-time': time, ...attributes } = result.attributes;
    assert.match(id ?? '', /^[0-9a-f]{32}$/);
    assert.ok(Math.abs(Date.parse(time ?? '') - Date.now()) < 60_000);
    assert.deepEqual(attributes, {
      'ce-specversion': '1.0',
      'ce-source': '//stripe-connector/connections/automation',
      'ce-type': 'stripe-connector.operation.succeeded.v1',
      'ce-subject': `Customer/${connectorOutputPayload.Id}`,
      'content-type': 'application/json',
      operationId: 'auto-1',
      call: 'Customer.Create',
      outcome: 'succeeded',
    });
  });

  test('an operation that is published twice has one effect and two results with the same id', async () => {
    await ask({ ...customer('twice'), operationId: 'auto-2' });
    const [first] = await pubsub.pull('results');
    await ask({ ...customer('twice'), operationId: 'auto-2' });
    const [second] = await pubsub.pull('results');
    assert.equal(second?.attributes['ce-id'], first?.attributes['ce-id']);
    assert.equal(second?.data, first?.data);
    assert.equal(sandbox.requests.length, 1);
  });

  test('without an operationId the message id identifies the operation: a redelivery has no second effect', async () => {
    const message = pushed(customer('by message'), { messageId: '4711' });
    const [one, two] = [await post(running.url, message), await post(running.url, message)];
    assert.deepEqual([one.status, two.status], [200, 200]);
    assert.equal(one.text, two.text);
    assert.equal(sandbox.requests.length, 1);
    assert.equal(sandbox.requests[0]?.idempotencyKey, '4711');
    await pubsub.pull('results', 2);
  });

  test('executes an array item by item, each with its own id and outcome', async () => {
    await ask(
      [
        customer('one'),
        { ...customer('two'), operationId: 'own-id' },
        { operation: 'Get', entity: 'Customer', entityId: 'cus_nowhere1' },
      ],
      {
        operationId: 'auto-3',
      },
    );
    const results = await pubsub.pull('results', 3);
    assert.deepEqual(results.map(({ attributes }) => [attributes['operationId'], attributes['outcome']]).sort(), [
      ['auto-3:0', 'succeeded'],
      ['auto-3:2', 'failed'],
      ['own-id', 'succeeded'],
    ]);
    const [dead] = await pubsub.pull('dead');
    assert.equal(dead?.attributes['reason'], 'RESOURCE_MISSING');
  });

  test('attributes alone can name an operation', async () => {
    await pubsub.publish('asks', [
      {
        attributes: {
          operation: 'Create',
          entity: 'Customer',
          connectorInputPayload: '{"Name":"by attributes"}',
          operationId: 'auto-4',
        },
      },
    ]);
    const [result] = await pubsub.pull('results');
    assert.equal(result?.attributes['operationId'], 'auto-4');
    assert.equal(result.attributes['outcome'], 'succeeded');
  });

  test('returns a client secret over HTTP and never publishes it', async () => {
    const secrets = (): string[] =>
      sandbox.effects.flatMap(({ response: answer }) => /_secret_\w+/.exec(JSON.stringify(answer)) ?? []);
    await ask({
      function: 'create-entity',
      entity: 'PaymentIntent',
      outputFormat: 'native',
      connectorInputPayload: { Amount: 1500, Currency: 'usd', PaymentMethod: 'pm_card_visa' },
    });
    const [made] = await pubsub.pull('results');
    const { id } = parsed(made)['connectorOutputPayload'] as { id: string };
    await ask({
      action: 'ConfirmPaymentIntent',
      connectorInputPayload: { PaymentIntentId: id, ReturnUrl: 'https://a.b' },
    });
    await ask({ operation: 'Get', entity: 'PaymentIntent', entityId: id });
    const results = await pubsub.pull('results', 2);
    assert.ok(secrets().length > 0);
    for (const one of [made, ...results]) {
      assert.ok(one);
      assert.doesNotMatch(one.data, /_secret_/);
      assert.match(one.data, /"(client_secret|ClientSecret)":null/);
      assert.equal(one.orderingKey, id);
    }
  });

  test('delivers every kind of poison message once and dead-letters it with its reason', async () => {
    await post(running.url, pushed({ ...customer('first'), operationId: 'taken' }));
    await pubsub.pull('results');
    sandbox.requests.length = 0;
    const cases: readonly Poison[] = [
      ...POISON,
      {
        kind: 'an operationId of something else',
        data: { ...customer('other'), operationId: 'taken' },
        reason: 'OPERATION_ID_REUSED',
      },
    ];
    assert.ok(cases.length >= 25);
    const raw = await Promise.all(
      cases.map(async ({ data, attributes = {}, kind }) => {
        const bytes =
          data === undefined
            ? undefined
            : Buffer.isBuffer(data)
              ? data
              : Buffer.from(typeof data === 'string' ? data : JSON.stringify(data));
        const response = await fetch(`http://${pubsub.host}/v1/projects/stripe-local/topics/asks:publish`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            messages: [{ attributes: { ...attributes, kind }, ...(bytes && { data: bytes.toString('base64') }) }],
          }),
        });
        const { messageIds } = (await response.json()) as { messageIds: string[] };
        return { kind, id: messageIds[0] ?? '' };
      }),
    );
    const dead = await pubsub.pull('dead', cases.length);
    const failed = await pubsub.pull('results', cases.length);
    // Whatever would come again has had its time.
    await pause(2500);
    assert.equal(dead.length, cases.length);
    assert.equal(failed.length, cases.length);
    const letters = dead.map(parsed) as { messageId: string; reason: string; fingerprint: string }[];
    for (const { kind, id } of raw) {
      const deliveries = proxy.deliveries.filter(({ messageId }) => messageId === id);
      assert.deepEqual(
        deliveries.map(({ status }) => status),
        [200],
        kind,
      );
      const wanted = cases.find((one) => one.kind === kind)?.reason;
      const letter = letters.find(({ messageId }) => messageId === id);
      assert.equal(letter?.reason, wanted, kind);
      assert.match(letter?.fingerprint ?? '', /^[0-9a-f]{64}$/);
    }
    assert.deepEqual(await pubsub.pull('dead', 0), []);
    // Only what has to be asked of Stripe was.
    assert.deepEqual(sandbox.requests.map(({ path }) => path).sort(), [
      '/v1/payment_intents',
      '/v1/payment_intents/pi_nowhere123/confirm',
    ]);
  });

  test('does not execute a message that is older than 20 hours', async () => {
    const old = new Date(Date.now() - 20 * 3_600_000 - 60_000).toISOString();
    const answer = await post(
      running.url,
      pushed({ ...customer('old'), operationId: 'auto-old' }, { publishTime: old }),
    );
    assert.equal(answer.status, 200);
    const [dead] = await pubsub.pull('dead');
    assert.equal(dead?.attributes['reason'], 'MESSAGE_EXPIRED');
    assert.equal(sandbox.requests.length, 0);
    await pubsub.pull('results');
  });

  test('a declined card is attempted once for all deliveries of its message; a replay uses the next key', async () => {
    const declined = {
      operationId: 'auto-card',
      ...(POISON.find(({ kind }) => kind === 'a declined card')?.data as object),
    };
    for (let n = 0; n < 3; n += 1)
      assert.equal((await post(running.url, pushed(declined, { messageId: `c${n}` }))).status, 200);
    assert.equal(sandbox.requests.length, 1);
    const results = await pubsub.pull('results', 3);
    assert.equal(new Set(results.map(({ attributes }) => attributes['ce-id'])).size, 1);
    const [letter] = (await pubsub.pull('dead', 3)).map(parsed) as { id: string }[];
    const run = async (...args: string[]): Promise<string> => {
      const { stdout, stderr, status } = await runCommand(['dead-letters', ...args], env);
      assert.equal(status, 0, stderr);
      return stdout;
    };
    assert.match(await run('list'), new RegExp(`${letter?.id}.*GENERIC_DECLINE.*auto-card.*replayable`));
    assert.match(await run('show', letter?.id ?? ''), /"reason": "GENERIC_DECLINE"/);
    sandbox.requests.length = 0;
    assert.match(await run('replay', letter?.id ?? ''), /published again under auto-card/);
    const [again] = await pubsub.pull('results');
    assert.equal(again?.attributes['outcome'], 'failed');
    assert.notEqual(again.attributes['ce-id'], results[0]?.attributes['ce-id']);
    assert.deepEqual(
      sandbox.requests.map(({ idempotencyKey }) => idempotencyKey),
      ['auto-card~1'],
    );
    await pubsub.pull('dead');
    assert.match(await run('list'), /auto-card +replayed/);
  });

  test('a replay does not repeat a completed operation', async () => {
    const data = { ...customer('done'), operationId: 'auto-done' };
    await post(running.url, pushed(data));
    sandbox.requests.length = 0;
    const answer = await post(
      running.url,
      pushed(data, {
        messageId: '901',
        attributes: { 'stripe-connector-retries-after': '0', operationId: 'auto-done' },
      }),
    );
    assert.equal(answer.status, 200);
    assert.equal(sandbox.requests.length, 0);
    await pubsub.pull('results', 2);
  });

  test('of concurrent deliveries one executes; the others are nacked and use no token', async () => {
    sandbox.faults.add({ kind: 'delay', ms: 600, times: 1 });
    const message = pushed({ ...customer('at once'), operationId: 'auto-once' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(running.url, message)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409]);
    assert.equal(sandbox.requests.length, 1);
    await pubsub.pull('results');
  });

  test('nacks a message if Stripe does not respond and repeats it under the same key until the outcome is known', async () => {
    sandbox.faults.add({ kind: 'error_500', times: 5 });
    await ask({ ...customer('in the end'), operationId: 'auto-500' });
    const [result] = await pubsub.pull('results');
    assert.equal(result?.attributes['outcome'], 'succeeded');
    assert.deepEqual([...new Set(sandbox.requests.map(({ idempotencyKey }) => idempotencyKey))], ['auto-500']);
    assert.ok(proxy.deliveries.some(({ status }) => status === 503));
  });

  test('dead-letters the last delivery that the policy allows, with its reason', async () => {
    sandbox.faults.add({ kind: 'error_500', times: 4 });
    const body = { ...pushed({ ...customer('last'), operationId: 'auto-last' }), deliveryAttempt: 100 };
    assert.equal((await post(running.url, body)).status, 200);
    const [dead] = await pubsub.pull('dead');
    assert.equal(dead?.attributes['operationId'], 'auto-last');
    await pubsub.pull('results');
  });

  test('does not ack a message whose result cannot be published', async () => {
    const lost = await startFunction({ name: 'automation', env: { ...env, PUBSUB_EMULATOR_HOST: '127.0.0.1:9' } });
    try {
      const message = pushed({ ...customer('unpublished'), operationId: 'auto-pub' });
      const answer = await post(lost.url, message);
      assert.equal(answer.status, 503);
      assert.equal(errorOf(answer).details[0]?.reason, 'RESULT_PUBLISH_FAILED');
      sandbox.requests.length = 0;
      assert.equal((await post(running.url, message)).status, 200);
      assert.equal(sandbox.requests.length, 0, 'the effect is there: the outcome comes from the record');
      assert.equal((await pubsub.pull('results'))[0]?.attributes['operationId'], 'auto-pub');
    } finally {
      await lost.stop();
    }
  });

  test('rejects a batch of CloudEvents and requests that are not messages, and does not ack them', async () => {
    const type = { 'content-type': 'application/cloudevents-batch+json' };
    const refused: readonly (readonly [Answered, number, string])[] = [
      [await post(running.url, '[]', type), 415, 'BATCH_UNSUPPORTED'],
      [await post(running.url, '{}'), 400, 'NOT_A_PUBSUB_MESSAGE'],
      [await post(running.url, '{"message":{"data":"e30="}}'), 400, 'NOT_A_PUBSUB_MESSAGE'],
      [await post(running.url, '{"message":7}'), 400, 'NOT_A_PUBSUB_MESSAGE'],
    ];
    for (const [answer, status, reason] of refused) {
      assert.equal(answer.status, status, answer.text);
      assert.equal(errorOf(answer).details[0]?.reason, reason);
    }
  });
}
