/** Effects of messages that come more than once: what is done is not published as failed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import type { PubsubMessage } from '../../shared/automation/push-message.ts';
import { withBulkFailure } from '../../shared/automation/partial-failure.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { KeyedStripe } from '../simulation/keyed-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { pubsubMessage } from '../support/calls.ts';
import { failingStore } from '../support/operation-stores.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const CONFIRM = { action: 'ConfirmPaymentIntent', connectorInputPayload: { PaymentIntentId: 'pi_1234567' } };

function setUp(): { clock: VirtualClock; stripe: KeyedStripe; operations: ReturnType<typeof memoryOperations> } {
  const clock = new VirtualClock();
  return { clock, stripe: new KeyedStripe(() => clock.epochMs()), operations: memoryOperations(clock) };
}

const arrived = (data: object, deliveryAttempt?: number): PubsubMessage => pubsubMessage(data, { deliveryAttempt });

/** Delivers a message until the connector responds. Returns the outcome and whether the message is acknowledged. */
async function deliver(clock: VirtualClock, connector: TestConnector, message: PubsubMessage): Promise<string> {
  const beganMs = clock.monotonicMs();
  const handled = handleMessage(connector, message, []).then(
    ({ results, retry: again }) => (again === undefined ? String(results[0]?.outcome) : 'retry'),
    () => 'threw',
  );
  const told = await inVirtualTime(clock, handled);
  assert.ok(clock.monotonicMs() - beganMs < 700_000);
  return told;
}

const outcomes = ({ published }: TestConnector): string[] =>
  published.map(({ topic, attributes }) => `${topic.split('/').at(-1) ?? ''} ${attributes['outcome'] ?? ''}`);

// https://cloud.google.com/pubsub/docs/subscriber: a message may be delivered more than once.
for (const reads of [403, 404, 429, 'drop before', 'page 200 before'] as const)
  test(`a redelivered payment is not published as failed if reads are ${reads}`, async () => {
    const { clock, stripe, operations } = setUp();
    const connector = testConnector({ clock, stripe, operations });
    assert.equal(await deliver(clock, connector, arrived(CONFIRM)), 'succeeded');
    stripe.reads = reads;
    // A published result carries no client secret, so nothing is read again for it.
    assert.equal(await deliver(clock, connector, arrived(CONFIRM)), 'succeeded');
    assert.deepEqual(outcomes(connector), ['results succeeded', 'results succeeded']);
    assert.equal(stripe.effects, 1);
  });

test('a completed operation whose outcome was not stored is not published as failed', async () => {
  const { clock, stripe, operations } = setUp();
  const connector = testConnector({ clock, stripe, operations });
  await deliver(clock, connector, arrived(CONFIRM));
  // As after an answer that could not be kept.
  await operations.update('m-1', (record) =>
    record === undefined ? { result: undefined } : { result: undefined, record: { ...record, outcome: '' } },
  );
  assert.equal(await deliver(clock, connector, arrived(CONFIRM)), 'succeeded');
  const [, second] = connector.published;
  const body = JSON.parse(second?.data.toString() ?? '{}') as { effect?: string; note?: string };
  assert.equal(body.effect, 'done');
  assert.match(body.note ?? '', /succeeded/);
});

test('a completed operation that cannot be recorded is redelivered; its last delivery does not fail', async () => {
  const { clock, stripe, operations } = setUp();
  const connector = testConnector({
    clock,
    stripe,
    settings: { max_delivery_attempts: 5 },
    // The end of an attempt is written with `replaceOwn`.
    operations: failingStore(operations, ({ method }) => method === 'replaceOwn'),
  });
  assert.equal(await deliver(clock, connector, arrived(CONFIRM, 1)), 'retry');
  await clock.advance(60_000);
  assert.equal(await deliver(clock, connector, arrived(CONFIRM, 5)), 'succeeded');
  assert.deepEqual(outcomes(connector), ['results succeeded']);
  assert.equal(stripe.effects, 1);
});

test('a message of a suspended connection without an earlier attempt ends with the effect none', async () => {
  const { clock, stripe, operations } = setUp();
  const connector = testConnector({
    clock,
    stripe,
    operations,
    settings: { suspended: true, max_delivery_attempts: 5 },
  });
  assert.equal(await deliver(clock, connector, arrived(CONFIRM, 1)), 'retry');
  assert.equal(await deliver(clock, connector, arrived(CONFIRM, 5)), 'failed');
  const [letter] = connector.published.filter(({ topic }) => topic.endsWith('dead-letters'));
  assert.match(letter?.data.toString() ?? '', /"effect":"none"/);
});

test('another payload under the id of a completed operation fails and says that the first one completed', async () => {
  const { clock, stripe, operations } = setUp();
  const connector = testConnector({ clock, stripe, operations });
  await deliver(clock, connector, arrived(CONFIRM));
  const other = { ...CONFIRM, connectorInputPayload: { PaymentIntentId: 'pi_7654321' } };
  assert.equal(await deliver(clock, connector, arrived(other)), 'failed');
  const [letter] = connector.published.filter(({ topic }) => topic.endsWith('dead-letters'));
  assert.match(letter?.data.toString() ?? '', /OPERATION_ID_REUSED/);
  assert.match(letter?.data.toString() ?? '', /"effect":"done"/);
});

test('a message that cannot be read fails, whatever operation its id names', async () => {
  for (const data of ['[', '[]', '{"function":5}', '{"action":"ConfirmPaymentIntent","connectorInputPayload":{}}']) {
    const { clock, stripe, operations } = setUp();
    const connector = testConnector({ clock, stripe, operations });
    await deliver(clock, connector, arrived(CONFIRM));
    const bad = { ...arrived({}), data: Buffer.from(data).toString('base64') };
    assert.equal(await deliver(clock, connector, bad), 'failed', data);
  }
});

test('an array with one id for two payloads fails at its first delivery and sends nothing', async () => {
  const { clock, stripe, operations } = setUp();
  const connector = testConnector({ clock, stripe, operations });
  const other = { ...CONFIRM, connectorInputPayload: { PaymentIntentId: 'pi_7654321' } };
  const items = [CONFIRM, other].map((item) => ({ ...item, operationId: 'op' }));
  assert.equal(await deliver(clock, connector, arrived(items)), 'failed');
  assert.equal(stripe.sent.length, 0);
});

test('a message that completed in time is not published as failed if it is redelivered too late', async () => {
  const { clock, stripe, operations } = setUp();
  const connector = testConnector({ clock, stripe, operations });
  await deliver(clock, connector, arrived(CONFIRM));
  const publishedMs = clock.epochMs() - 21 * 3_600_000;
  assert.equal(await deliver(clock, connector, { ...arrived(CONFIRM), publishedMs }), 'succeeded');
  const never = { ...arrived(CONFIRM), id: 'm-2', publishedMs };
  assert.equal(await deliver(clock, connector, never), 'failed');
  const [letter] = connector.published.filter(({ topic }) => topic.endsWith('dead-letters'));
  assert.match(letter?.data.toString() ?? '', /"effect":"unknown"/);
});

// A repeat of the message meets the same record: it would come until its last delivery.
for (const reason of ['OPERATION_EXPIRED', 'OPERATION_ID_REUSED'])
  test(`a clause whose row reports ${reason} is not redelivered for it`, () => {
    const row = { Id: 'cus_1', Success: false, effect: 'unknown', error: { details: [{ reason }] } } as const;
    const payload = { affected: 0, failed: 1, rows: [row], remaining: ['cus_1'] };
    const body = { connectorOutputPayload: payload };
    const outcome = {
      kind: 'succeeded',
      call: 'Customer.Update',
      result: { status: 207, body, effect: 'unknown' },
    } as const;
    assert.equal(withBulkFailure(outcome).kind, 'failed');
  });
