/** What of a message and of its result is published and kept: no secret, no card data. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import { maskSensitiveFields } from '../../shared/stripe/sensitive-fields.ts';
import { carriesSecret, redact, redactValue } from '../../shared/redact.ts';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import { type PubsubMessage } from '../../shared/automation/push-message.ts';
import { redrive } from '../../shared/automation/redrive.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { limitedPublisher } from '../support/pubsub-limits.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { arrived } from './automation-messages.ts';

test('publishes no secret of a response in any format', () => {
  const secret = 'pi_1_secret_abc';
  const published = JSON.stringify(
    maskSensitiveFields({
      client_secret: secret,
      ClientSecret: secret,
      PaymentIntentClientSecret: secret,
      'payment_intent.client_secret': secret,
      '["a.b"].client_secret': secret,
      secret: 'whsec_1',
      Secret: 'whsec_1',
      cvc: '123',
      next_action: JSON.stringify({ client_secret: secret, url: `https://x.y/?c=${secret}` }),
      url: `https://hooks.stripe.com/${secret}/x`,
      list: [{ inner: { client_secret: secret } }],
      not_json: `{ ${secret}`,
    }),
  );
  assert.doesNotMatch(published, /_secret_abc|whsec_1|"123"/);
  const clean = {
    Name: 'Ada',
    SecretaryName: 'Ben',
    Description: 'a secret',
    Metadata: { colour: 'secret' },
    lines: '[1,2]',
  };
  assert.deepEqual(maskSensitiveFields(clean), clean);
});

test('recognizes a card number by its check digit; a time in milliseconds is not one', () => {
  assert.equal(redact('pay 4242 4242 4242 4242 now'), 'pay [redacted] now');
  assert.equal(redact('at 1795478400000'), 'at 1795478400000');
  assert.ok(carriesSecret('4242424242424242') && carriesSecret('sk_test_abc') && carriesSecret('whsec_abc'));
  assert.ok(!carriesSecret('a@b.c at 1795478400000'));
});

test('a dead letter hides e-mail addresses, keeps them for a replay, and keeps no card data', async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const of = (Description: string, operationId: string): PubsubMessage =>
    arrived({ operation: 'Create', entity: 'Customer', connectorInputPayload: { Description, Nope: 1 }, operationId });
  await handleMessage(connector, of('ada@example.com', 'mail'), manifest.functions);
  await handleMessage(connector, of('4242424242424242', 'card'), manifest.functions);
  const dead = connector.published.filter(({ topic }) => topic.endsWith('dead-letters'));
  assert.doesNotMatch(JSON.stringify(dead), /ada@example\.com|4242424242424242/);
  const letters = await connector.deadLetters.list(10);
  assert.match(letters.find(({ operationId }) => operationId === 'mail')?.original?.data ?? '', /ada@example\.com/);
  assert.equal(letters.find(({ operationId }) => operationId === 'card')?.original, null);
});

// https://docs.stripe.com/api/secret_management/object: `payload` is the plaintext of the secret
test("an app's secret is in no dead letter; a meter's numbers are", async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const of = (entity: string, Payload: unknown, operationId: string): PubsubMessage =>
    arrived({ operation: 'Create', entity, connectorInputPayload: { Payload, Nope: 1 }, operationId });
  await handleMessage(connector, of('Apps.Secret', 'Zq7Lm2Xw9', 'secret'), manifest.functions);
  await handleMessage(connector, of('Billing.MeterEvent', { value: '17' }, 'meter'), manifest.functions);
  assert.doesNotMatch(JSON.stringify(connector.published), /Zq7Lm2Xw9/);
  const letters = await connector.deadLetters.list(10);
  assert.equal(letters.find(({ operationId }) => operationId === 'secret')?.original, null);
  assert.match(letters.find(({ operationId }) => operationId === 'meter')?.original?.data ?? '', /"17"/);
});

// So few digits of a card number are unknown, given its first six and last four, that a plain hash of it can be searched.
test('the fingerprint of a dead letter covers its redacted form: card data cannot be guessed from it', async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const of = (number: string): PubsubMessage =>
    arrived({ operation: 'Create', entity: 'Customer', connectorInputPayload: { number, cvc: '987', Nope: 1 } });
  const prints: string[] = [];
  for (const number of ['4242424242424242', '4000056655665556', '4242424242424241']) {
    await handleMessage(connector, of(number), manifest.functions);
    const [letter] = await connector.deadLetters.list(1);
    prints.push(letter?.fingerprint ?? '');
  }
  assert.equal(new Set(prints).size, 1);
});

test('a dead letter shows only the length of a file and keeps none that exceeds a document', async () => {
  const connector = testConnector({ clock: new VirtualClock(), stripe: fakeStripe(() => ({})) });
  const content = (bytes: number): string => Buffer.alloc(bytes, 'evidence').toString('base64');
  const of = (input: unknown, operationId: string): PubsubMessage =>
    arrived({ operation: 'Create', entity: 'File', connectorInputPayload: input, operationId });
  // No Purpose; a name that is not known; a payload that is no object.
  await handleMessage(connector, of({ Content: content(60) }, 'small'), manifest.functions);
  await handleMessage(
    connector,
    of({ Purpose: 'dispute_evidence', Contents: content(1000) }, 'misspelt'),
    manifest.functions,
  );
  await handleMessage(connector, of(content(1000), 'text'), manifest.functions);
  await handleMessage(connector, of({ Content: content(800_000) }, 'large'), manifest.functions);
  const shown = connector.published.filter(({ topic }) => topic.endsWith('dead-letters')).map(({ data }) => data);
  assert.equal(shown.length, 4);
  assert.doesNotMatch(JSON.stringify([shown, connector.logged]), new RegExp(content(24)));
  assert.match(shown[0] ?? '', /80 characters/);
  // https://cloud.google.com/firestore/quotas: a document holds 1 MiB.
  const letters = await connector.deadLetters.list(10);
  const kept = (id: string): number =>
    letters.find(({ operationId }) => operationId === id)?.original?.data.length ?? 0;
  assert.ok(kept('small') > 80);
  assert.equal(kept('large'), 0);
});

test('a message id that looks like a card number is an id: shown, and its message can be replayed', async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const id = '4242424242424242';
  await handleMessage(
    connector,
    arrived({ operation: 'Create', entity: 'Customer', connectorInputPayload: { Nope: 1 } }, {}, { id }),
    manifest.functions,
  );
  const [dead] = connector.published.filter(({ topic }) => topic.endsWith('dead-letters'));
  const { operationId, messageId, replayable } = JSON.parse(dead?.data ?? '{}') as Record<string, unknown>;
  assert.deepEqual([operationId, messageId, replayable], [id, id, true]);
  assert.deepEqual(redactValue({ operationId: id, messageId: id, other: id }), {
    operationId: id,
    messageId: id,
    other: '[redacted]',
  });
});

test('an unreadable message is shown redacted, not in base64, and is not kept if it holds card data', async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const text = '{"number": "4242424242424242", ';
  await handleMessage(
    connector,
    { ...arrived(undefined), data: Buffer.from(text).toString('base64') },
    manifest.functions,
  );
  const [dead] = connector.published.filter(({ topic }) => topic.endsWith('dead-letters'));
  assert.doesNotMatch(dead?.data ?? '', /4242424242424242/);
  assert.ok(!(dead?.data ?? '').includes(Buffer.from(text).toString('base64')));
  assert.match(dead?.data ?? '', /"written":"\{\\"number\\": \\"\[redacted\]/);
  assert.equal((await connector.deadLetters.list(1))[0]?.original, null);
});

// https://cloud.google.com/firestore/quotas#limits: a document has at most 1 MiB, in bytes; the letter stands in it as JSON.
// https://cloud.google.com/pubsub/docs/publisher#using-attributes: 100 attributes, and none that begins with goog.
test('any dead letter fits a Firestore document, and its replay fits a Pub/Sub message', async () => {
  const many = (count: number, name = 'a'): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, 'v']));
  const raw = (bytes: string | Buffer, attributes = {}): PubsubMessage => ({
    ...arrived(undefined, attributes),
    data: Buffer.from(bytes).toString('base64'),
  });
  const failing = (Nope: string): PubsubMessage =>
    arrived({ operation: 'Create', entity: 'Customer', connectorInputPayload: { Nope } });
  const cases: readonly (readonly [string, PubsubMessage, boolean])[] = [
    ['letters of three bytes', failing('東'.repeat(400_000)), false],
    ['letters of three bytes that fit', failing('東'.repeat(250_000)), true],
    ['quotes, escaped twice', failing('"'.repeat(340_000)), false],
    ['text that is no JSON', raw('東'.repeat(350_000)), false],
    ['control characters', raw('\u0000'.repeat(600_000)), false],
    ['bytes that are no text', raw(Buffer.from([0x7b, 0xff, 0x7d])), false],
    ['a hundred attributes', raw('no JSON', many(100)), false],
    ['98 attributes', raw('no JSON', many(98)), false],
    ['97 attributes, and three of a replay', raw('no JSON', many(97)), true],
    ["Pub/Sub's own attributes", raw('no JSON', { ...many(3, 'googclient_'), own: 'kept' }), true],
  ];
  for (const [kind, message, replayable] of cases) {
    const connector = testConnector({
      clock: new VirtualClock(),
      stripe: fakeStripe(() => ({})),
      settings: { max_body_bytes: 10_000_000 },
    });
    const { results, retry: again } = await handleMessage(connector, message, manifest.functions);
    assert.deepEqual([again, results[0]?.outcome], [undefined, 'failed'], kind);
    const [letter] = await connector.deadLetters.list(1);
    assert.ok(letter !== undefined && Buffer.byteLength(JSON.stringify(letter)) < 1_000_000, kind);
    assert.equal(letter.original !== null, replayable, kind);
    if (!replayable) continue;
    const publisher = limitedPublisher();
    assert.match(await redrive({ ...connector, publisher }, letter), /published again/, kind);
    assert.equal(publisher.published.length, 1);
  }
});

test('the dead letter of a message that contradicts itself cannot be replayed as one of its two requests', async () => {
  const remove = { operation: 'Delete', entity: 'Customer', entityId: 'cus_1' };
  for (const [data, attributes] of [
    [remove, { operation: 'Get' }],
    [{ ...remove, operationId: 7 }, {}],
  ] as const) {
    const connector = testConnector({
      clock: new VirtualClock(),
      stripe: fakeStripe(() => assert.fail('nothing is sent')),
    });
    await handleMessage(connector, arrived(data, attributes), []);
    const [letter] = await connector.deadLetters.list(1);
    assert.equal(letter?.original, null, JSON.stringify(data));
  }
});
