/** One message in every shape that Google's products give it, to the built function, called both ways by the framework. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { post, startFunction, type Answered, type Running } from './framework.ts';

const SUBSCRIPTION = 'projects/p/subscriptions/asks';
const TYPE = 'google.cloud.pubsub.topic.v1.messagePublished';
const SOURCE = '//pubsub.googleapis.com/projects/p/topics/asks';
const TIME = new Date().toISOString();

interface Shape {
  readonly name: string;
  readonly send: (url: string, message: object) => Promise<Answered>;
}

const headers = (id: string): Record<string, string> => ({
  'ce-id': id,
  'ce-source': SOURCE,
  'ce-specversion': '1.0',
  'ce-time': TIME,
  'ce-type': TYPE,
});
const structured = (data: object): object => ({
  specversion: '1.0',
  id: 'ce',
  source: SOURCE,
  type: TYPE,
  time: TIME,
  data,
});
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };

const SHAPES: readonly Shape[] = [
  { name: 'push', send: (url, message) => post(url, { message, subscription: SUBSCRIPTION }) },
  {
    name: 'push with a dead-letter policy',
    send: (url, message) => post(url, { message, subscription: SUBSCRIPTION, deliveryAttempt: 2 }),
  },
  {
    name: 'binary CloudEvent',
    send: (url, message) => post(url, { message, subscription: SUBSCRIPTION }, headers('ce')),
  },
  {
    name: 'structured CloudEvent',
    send: (url, message) => post(url, structured({ message, subscription: SUBSCRIPTION }), STRUCTURED),
  },
];

/** Types of the framework's own conformance events that are not Pub/Sub's. */
const OTHERS = [
  'google.cloud.storage.object.v1.finalized',
  'google.cloud.firestore.document.v1.written',
  'google.firebase.auth.user.v1.created',
  'google.firebase.database.ref.v1.written',
  'google.cloud.audit.log.v1.written',
  'com.example.anything',
];

let sandbox: Sandbox;
const running = new Map<string, Running>();
before(async () => {
  sandbox = await startSandbox({ seed: 41 });
  const env = {
    STRIPE_API_KEY: SANDBOX_KEY,
    STRIPE_API_BASE: sandbox.url,
    CONNECTION_SETTINGS: JSON.stringify({
      min_nodes: 50,
      account_ceiling: 1000,
      endpoint_ceiling: 1000,
      automation_allowlist: ['Create'],
      dead_letter_topic: 'projects/p/topics/dead-letters',
    }),
  };
  for (const signature of ['http', 'cloudevent'])
    running.set(signature, await startFunction({ name: 'automation', env, signature }));
});
after(async () => {
  for (const one of running.values()) await one.stop();
  await sandbox.close();
});
beforeEach(() => {
  sandbox.requests.length = 0;
});

const urlOf = (signature: string): string => running.get(signature)?.url ?? '';
const ask = (Name: string, more: object = {}): string =>
  Buffer.from(
    JSON.stringify({ operation: 'Create', entity: 'Customer', connectorInputPayload: { Name }, ...more }),
  ).toString('base64');
const made = (): unknown => sandbox.requests.map(({ path, body, idempotencyKey }) => [path, body, idempotencyKey]);

let count = 0;
for (const signature of ['http', 'cloudevent']) {
  for (const { name, send } of SHAPES) {
    test(`${signature}: ${name}: executes under the message id`, async () => {
      const messageId = `m${(count += 1)}`;
      const answer = await send(urlOf(signature), { data: ask('Ada'), attributes: {}, messageId, publishTime: TIME });
      assert.ok([200, 204].includes(answer.status), answer.text);
      assert.deepEqual(made(), [['/v1/customers', 'name=Ada', messageId]]);
    });

    test(`${signature}: ${name}: accepts attributes alone`, async () => {
      const messageId = `m${(count += 1)}`;
      const attributes = { operation: 'Create', entity: 'Customer', connectorInputPayload: '{"Name":"Ben"}' };
      const answer = await send(urlOf(signature), { attributes, messageId, publishTime: TIME });
      assert.ok([200, 204].includes(answer.status), answer.text);
      assert.deepEqual(made(), [['/v1/customers', 'name=Ben', messageId]]);
    });

    test(`${signature}: ${name}: its own operationId takes precedence over the message id`, async () => {
      const operationId = `own-${(count += 1)}`;
      const message = { data: ask('Cyd', { operationId }), messageId: `m${count}`, publishTime: TIME };
      assert.ok([200, 204].includes((await send(urlOf(signature), message)).status));
      assert.deepEqual(made(), [['/v1/customers', 'name=Cyd', operationId]]);
    });

    test(`${signature}: ${name}: executes each of ten concurrent messages once`, async () => {
      const ids = Array.from({ length: 10 }, () => `m${(count += 1)}`);
      const answers = await Promise.all(
        ids.map((messageId) => send(urlOf(signature), { data: ask(messageId), messageId, publishTime: TIME })),
      );
      assert.ok(answers.every(({ status }) => status === 200 || status === 204));
      assert.deepEqual(sandbox.requests.map(({ idempotencyKey }) => idempotencyKey).sort(), [...ids].sort());
    });
  }

  test(`${signature}: rejects a batch of CloudEvents and does not ack it`, async () => {
    const message = { data: ask('batch'), messageId: 'batch', publishTime: TIME };
    const answer = await post(urlOf(signature), [structured({ message })], {
      'content-type': 'application/cloudevents-batch+json',
    });
    assert.ok(answer.status >= 400, String(answer.status));
    assert.match(answer.text, /"error"/);
    assert.equal(sandbox.requests.length, 0);
  });

  test(`${signature}: rejects events of other types in both modes`, async () => {
    for (const type of OTHERS) {
      const binary = await post(urlOf(signature), { bucket: 'b' }, { ...headers('other'), 'ce-type': type });
      const whole = await post(urlOf(signature), { ...structured({ bucket: 'b' }), type }, STRUCTURED);
      for (const answer of [binary, whole]) assert.ok(answer.status >= 400, `${type}: ${answer.status}`);
    }
    assert.equal(sandbox.requests.length, 0);
  });

  test(`${signature}: rejects an event without a message id`, async () => {
    for (const { send } of SHAPES) {
      const answer = await send(urlOf(signature), { data: ask('no id') });
      assert.ok(answer.status >= 400, String(answer.status));
    }
    assert.equal(sandbox.requests.length, 0);
  });
}
