/** Messages of other senders: which data a shape reads, the command that it means, and its dead letters. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod/mini';
import manifest from '../../functions/manifest.json';
import { parseCommands } from '../../shared/automation/commands.ts';
import type { MessageResult } from '../../shared/automation/handle-message.ts';
import type { PubsubMessage } from '../../shared/automation/push-message.ts';
import { replayOf } from '../../shared/automation/redrive.ts';
import { messageShape, type MessageShapes } from '../../shared/automation/shapes/message-shape.ts';
import type { TestConnector } from '../support/connector.ts';
import { FakeStripeError, type FakeReply } from '../support/fake-stripe.ts';
import { arrived, BOUNDS, receiver, type Receiver } from './automation-messages.ts';

/** A shop that captures a payment when it ships the order. Its other events of orders request nothing. */
const SHAPES: MessageShapes = {
  'order.shipped': messageShape({
    reads: { event: 'order.shipped' },
    ignores: { event: /^order\./g },
    schema: () =>
      z.object({
        order: z.string().check(z.minLength(1)),
        payment_intent: z.string('must be the id of a payment intent, pi_...').check(z.startsWith('pi_')),
        amount_minor: z.optional(z.int().check(z.positive())),
      }),
    identity: ({ order }) => order,
    command: ({ payment_intent, amount_minor }) => ({
      action: 'CapturePaymentIntent',
      connectorInputPayload: { PaymentIntentId: payment_intent, AmountToCapture: amount_minor },
    }),
  }),
  line: messageShape({
    reads: { event: 'order.line', source: /^shop-/ },
    schema: () => z.strictObject({ event: z.string(), source: z.string(), order: z.string(), line: z.string() }),
    identity: ({ order, line }) => [order, line],
    command: ({ order }) => ({ operation: 'Update', entity: 'PaymentIntent', entityId: order }),
  }),
};

const SHIPPED = { event: 'order.shipped', order: 'A-1001', payment_intent: 'pi_1', amount_minor: 1500 };

const shop = (reply: () => FakeReply = () => ({ id: 'pi_1', object: 'payment_intent' })): Receiver =>
  receiver(SHAPES, reply);

/** The message that a replay of the latest dead letter publishes, under a new id of Pub/Sub. */
async function replayed({ deadLetters }: TestConnector): Promise<PubsubMessage> {
  const letters = [...(await deadLetters.list(10))].sort((one, other) => other.keyVersion - one.keyVersion);
  const { original = null, operationId = '', keyVersion = 0 } = letters[0] ?? {};
  assert.ok(original !== null);
  const { data, attributes } = replayOf(original, operationId, keyVersion);
  return arrived(JSON.parse(data), { ...attributes }, { id: 'm-replay' });
}

const outcomes = ({ results }: MessageResult): string[] =>
  results.map(({ operationId, outcome }) => `${operationId} ${outcome}`);

const messagesOf = ({ results }: MessageResult): unknown[] =>
  results.map(({ error }) => (error as { readonly message: string } | undefined)?.message);

test('data that no shape reads is a command', () => {
  const [command] = parseCommands(arrived(SHIPPED), BOUNDS, manifest.functions, {});
  assert.ok(command !== undefined && 'details' in command.prepared);
});

test('a message of a shape is the command that it means; an absent field is absent in the request', async () => {
  const { stripe, handle } = shop();
  assert.deepEqual(outcomes(await handle(arrived(SHIPPED))), ['order.shipped:A-1001 succeeded']);
  const { amount_minor: _, ...whole } = { ...SHIPPED, order: 'A-1002' };
  assert.deepEqual(outcomes(await handle(arrived(whole))), ['order.shipped:A-1002 succeeded']);
  assert.deepEqual(
    stripe.sent.map(({ path, params, idempotencyKey }) => [path, params, idempotencyKey]),
    [
      ['/v1/payment_intents/pi_1/capture', { amount_to_capture: 1500 }, 'order.shipped:A-1001'],
      ['/v1/payment_intents/pi_1/capture', {}, 'order.shipped:A-1002'],
    ],
  );
});

test('the same order has one effect, also as a new message; two fields of an identity are not one text', async () => {
  const { stripe, handle } = shop();
  for (const id of ['m-1', 'm-2', 'm-1'])
    assert.deepEqual(outcomes(await handle(arrived(SHIPPED, {}, { id }))), ['order.shipped:A-1001 succeeded']);
  assert.equal(stripe.sent.length, 1);
  const line = (order: string, name: string): object => ({ event: 'order.line', source: 'shop-1', order, line: name });
  const ids = parseCommands(
    arrived([line('a', 'b,c'), line('a,b', 'c'), line('a"', 'b')]),
    BOUNDS,
    manifest.functions,
    SHAPES,
  ).map(({ operationId }) => operationId);
  assert.deepEqual(ids, ['line:["a","b,c"]', 'line:["a,b","c"]', 'line:["a\\"","b"]']);
});

test('what a shape ignores is acknowledged and does nothing, unless a shape reads it', async () => {
  const { connector, stripe, handle } = shop();
  const exact = '{"event": "order.paid", "order": 12345678901234567890}';
  for (const message of [
    arrived({ event: 'order.created' }),
    arrived({ event: 'order.created' }, { DryRun: 'x', operationId: 'has space' }),
    arrived([{ event: 'order.created' }, { event: 'order.paid' }], { operationId: 'has space' }),
    { ...arrived({}), data: Buffer.from(exact).toString('base64') },
  ])
    assert.deepEqual(await handle(message), { results: [], lines: [], retry: undefined });
  assert.deepEqual(
    [stripe.sent, connector.published, connector.logged, await connector.deadLetters.list(1)],
    [[], [], [], []],
  );
  // The index of an item counts the items that are ignored.
  const mixed = [{ event: 'order.created' }, { operation: 'Get', entity: 'Balance' }, SHIPPED];
  assert.deepEqual(outcomes(await handle(arrived(mixed))), ['m-1:1 succeeded', 'order.shipped:A-1001 succeeded']);
  const twice = await handle(arrived([{ event: 'order.created' }, SHIPPED, SHIPPED]));
  assert.match(String(messagesOf(twice)), /\[2\]\.operationId: is also the id of item 1/);
});

for (const [data, expected] of [
  [{ ...SHIPPED, order: undefined }, 'order: is required'],
  [{ ...SHIPPED, order: 7 }, 'order: Invalid input: expected string, received number'],
  [{ ...SHIPPED, order: '' }, 'order: Too small: expected string to have >=1 characters'],
  [{ ...SHIPPED, amount_minor: 1.5 }, 'amount_minor: Invalid input: expected int, received number'],
  [{ ...SHIPPED, payment_intent: 7 }, 'payment_intent: must be the id of a payment intent, pi_...'],
  [{ event: 'order.line', source: 'shop-1', order: 'a', line: 'b', more: 1 }, 'more: is not a known field'],
  [{ event: 'order.line', source: 'other' }, undefined],
  [{ event: 'orders' }, 'function: is required; name a function, an operation or an action'],
  [{ event: ['order.shipped'] }, 'function: is required; name a function, an operation or an action'],
] as const)
  test(`${JSON.stringify(data)}: ${expected ?? 'is ignored'}`, async () => {
    const { stripe, handle } = shop();
    const result = await handle(arrived(data));
    assert.deepEqual(messagesOf(result), expected === undefined ? [] : [expected]);
    assert.deepEqual(stripe.sent, []);
  });

test('numbers of a sender have the value of their text, and a number that JavaScript would change is rejected', async () => {
  const { stripe, handle } = shop();
  const written = (amount: string): PubsubMessage => {
    const text = JSON.stringify(SHIPPED).replace('1500', amount);
    return { ...arrived({}), data: Buffer.from(text).toString('base64') };
  };
  await handle(written('1500.0'));
  assert.deepEqual(stripe.sent[0]?.params, { amount_to_capture: 1500 });
  const changed = await handle(written('15000000000000000001'));
  assert.match(String(messagesOf(changed)), /^amount_minor: /);
});

test('attributes of a sender are its own, but for dryRun', async () => {
  const { stripe, handle } = shop();
  const attributes = { entity: 'order', Action: 'shipped', operationId: 'x', operation: 'ship' };
  assert.deepEqual(outcomes(await handle(arrived(SHIPPED, { ...attributes, dryRun: 'true' }))), [
    'order.shipped:A-1001 succeeded',
  ]);
  assert.deepEqual(stripe.sent, []);
  const misspelled = await handle(arrived(SHIPPED, { ...attributes, dry_run: 'true' }));
  assert.deepEqual(messagesOf(misspelled), ['dry_run: is not a known attribute; did you mean dryRun?']);
  assert.deepEqual(stripe.sent, []);
  assert.deepEqual(outcomes(await handle(arrived(SHIPPED, attributes))), ['order.shipped:A-1001 succeeded']);
  assert.equal(stripe.sent.length, 1);
});

test('the operation id of invalid data is that of its message, so each message has its own dead letter', async () => {
  const { connector, handle } = shop();
  const invalid = JSON.stringify({ ...SHIPPED, order: 7 });
  const inexact = JSON.stringify(SHIPPED).replace('1500', '1500.00000000000000001');
  const texts = [invalid, inexact, `[${invalid}]`, `[${inexact}]`];
  const ids: string[] = [];
  for (const [index, text] of texts.entries()) {
    const message = arrived({}, { operationId: 'batch-1' }, { id: `m-${index}` });
    const { results } = await handle({ ...message, data: Buffer.from(text).toString('base64') });
    ids.push(...results.map(({ operationId }) => operationId));
  }
  assert.deepEqual(ids, ['m-0', 'm-1', 'm-2:0', 'm-3:0']);
  const letters = await connector.deadLetters.list(10);
  assert.deepEqual(letters.map(({ operationId }) => operationId).sort(), ids);
  // The parsed item has a rounded number, so its replay would differ.
  assert.deepEqual(
    letters.flatMap(({ operationId, original }) => (original === null ? [operationId] : [])),
    ['m-3:0'],
  );
});

// https://docs.stripe.com/error-codes: a payment intent in another status
test('the replay of a failed command runs it again under its operation id, with the next key', async () => {
  let reply: FakeReply = new FakeStripeError(400, { code: 'payment_intent_unexpected_state', message: 'no' });
  const { connector, stripe, handle } = shop(() => reply);
  assert.deepEqual(outcomes(await handle(arrived(SHIPPED, { entity: 'order' }))), ['order.shipped:A-1001 failed']);
  reply = { id: 'pi_1', object: 'payment_intent' };
  // Without the shape too, because the dead letter has the command.
  const message = await replayed(connector);
  assert.deepEqual(outcomes(await handle(message, {})), ['order.shipped:A-1001 succeeded']);
  assert.deepEqual(
    stripe.sent.map(({ params, idempotencyKey }) => [params, idempotencyKey]),
    [
      [{ amount_to_capture: 1500 }, 'order.shipped:A-1001'],
      [{ amount_to_capture: 1500 }, 'order.shipped:A-1001~1'],
    ],
  );
  assert.deepEqual(outcomes(await handle(arrived(SHIPPED, {}, { id: 'm-3' }))), ['order.shipped:A-1001 succeeded']);
  assert.equal(stripe.sent.length, 2);
});

test('no shape reads or ignores the replay of a command, whatever its fields are', async () => {
  const { 'order.shipped': shipped } = SHAPES as { readonly 'order.shipped': MessageShapes[string] };
  for (const patterns of [
    { reads: { event: 'order.shipped' }, ignores: { action: /^/ } },
    { reads: { operationId: /^order\./ }, ignores: undefined },
  ]) {
    let reply: FakeReply = new FakeStripeError(400, { code: 'payment_intent_unexpected_state', message: 'no' });
    const { connector, stripe, handle } = receiver({ 'order.shipped': { ...shipped, ...patterns } }, () => reply);
    await handle(arrived({ ...SHIPPED, operationId: 'order.1' }));
    reply = { id: 'pi_1', object: 'payment_intent' };
    assert.deepEqual(outcomes(await handle(await replayed(connector))), ['order.shipped:A-1001 succeeded']);
    assert.equal(stripe.sent.at(-1)?.idempotencyKey, 'order.shipped:A-1001~1');
  }
});

test('a shape that throws delays its item alone, and the last delivery dead-letters the item', async () => {
  const { 'order.shipped': shipped } = SHAPES as { readonly 'order.shipped': MessageShapes[string] };
  const translate = (): never => {
    throw new TypeError('rk_live_51abcdefghijklmnopqrst');
  };
  const { connector, handle } = receiver({ 'order.shipped': { ...shipped, translate } }, () => ({ id: 'balance' }));
  const data = [SHIPPED, { operation: 'Get', entity: 'Balance' }];
  const first = await handle(arrived(data, {}, { deliveryAttempt: 1 }));
  assert.deepEqual([outcomes(first), first.retry?.status], [['m-1:0 retry', 'm-1:1 succeeded'], 'INTERNAL']);
  assert.doesNotMatch(JSON.stringify(first), /rk_live/);
  const last = await handle(arrived(data, {}, { deliveryAttempt: 100 }));
  assert.deepEqual([outcomes(last), last.retry], [['m-1:0 failed', 'm-1:1 succeeded'], undefined]);
  assert.deepEqual(
    (await connector.deadLetters.list(10)).map(({ reason }) => reason),
    ['INTERNAL'],
  );
  assert.deepEqual(outcomes(await handle(await replayed(connector), SHAPES)), ['order.shipped:A-1001 succeeded']);
});

test('the replay of data that could not be translated is translated again, with its attributes', async () => {
  const broken: MessageShapes = {
    'order.shipped': messageShape({
      reads: { event: 'order.shipped' },
      ignores: { event: /^order\./ },
      schema: () => z.object({ order: z.string().check(z.maxLength(3)) }),
      identity: ({ order }) => order,
      command: () => ({}),
    }),
  };
  for (const order of ['A-1001', 'A-1']) {
    const { connector, stripe, handle } = shop();
    const data = [{ event: 'order.created' }, { ...SHIPPED, order }];
    assert.deepEqual(outcomes(await handle(arrived(data, { entity: 'order', dryRun: 'true' }), broken)), [
      'm-1:1 failed',
    ]);
    const message = await replayed(connector);
    assert.deepEqual(JSON.parse(Buffer.from(message.data, 'base64').toString()), { ...SHIPPED, order });
    // Still wrong: dead-lettered again, and nothing is sent.
    assert.deepEqual(outcomes(await handle(message, broken)), ['m-1:1 failed']);
    const again = await replayed(connector);
    assert.deepEqual(outcomes(await handle(again)), [`order.shipped:${order} succeeded`]);
    // dryRun of the first message still holds.
    assert.deepEqual(stripe.sent, []);
  }
});
