/**
 * What is published fits into Pub/Sub, in bytes: cut at a whole character, or told as RESULT_TOO_LARGE, and acknowledged
 * once. Reports: apache/beam#31800 (base64), apache/beam#23022 (10,485,760 bytes), googleapis/java-pubsub#2312 (attributes).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutToBytes, eventMessage, isPublishable } from '../../shared/http/cloud-event.ts';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import { testConnector, type Published } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { limitedPublisher } from '../support/pubsub-limits.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { pubsubMessage } from '../support/calls.ts';
import { inVirtualTime } from '../support/virtual-time.ts';
import { sized } from '../support/sizes.ts';

const RUNS = sized(40, 5000);
const text = fc.string({ unit: 'grapheme', maxLength: 3000, size: 'max' });

test('cuts a text to a number of bytes at a whole character, and only if it is longer', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 2000 }), (whole, most) => {
      const cut = cutToBytes(whole, most);
      assert.ok(Buffer.byteLength(cut) <= most || cut === whole);
      assert.ok(Buffer.byteLength(cut) <= most);
      assert.ok(whole.startsWith(cut) && !/\p{Surrogate}/u.test(cut));
      if (Buffer.byteLength(whole) <= most) assert.equal(cut, whole);
      else assert.ok(Buffer.byteLength(cut) > most - 4, 'not shorter than it must be');
    }),
    { numRuns: RUNS, seed: 21 },
  );
});

test("every event becomes a message within Pub/Sub's limits", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, text, async (subject, orderingKey, value) => {
      const publisher = limitedPublisher();
      const event = { id: 'e', source: '//s', type: 't', timeMs: 0, data: {}, attributes: { value } };
      await publisher.publish('projects/p/topics/t', eventMessage({ ...event, subject, orderingKey }));
    }),
    { numRuns: RUNS, seed: 22 },
  );
});

/** Executes a message whose rows are as large as `row`. */
async function worked(data: object, row: object): Promise<{ acknowledged: boolean; published: readonly Published[] }> {
  const clock = new VirtualClock();
  const publisher = limitedPublisher();
  const list = (): object => ({
    object: 'list',
    has_more: false,
    data: Array.from({ length: 100 }, (_, index) => ({ id: `cus_${index}`, object: 'customer', ...row })),
  });
  const connector = testConnector({ clock, stripe: fakeStripe(list), publisher, settings: { min_nodes: 50 } });
  const handled = handleMessage(connector, pubsubMessage(data), []).then(
    ({ retry }) => retry === undefined,
    () => false,
  );
  return { acknowledged: await inVirtualTime(clock, handled), published: publisher.published };
}

for (const [name, letters] of [
  ['ASCII letters', 'a'],
  ['letters of three bytes', '東'],
  ['letters that JSON escapes', '\u0001'],
] as const)
  test(`publishes a result of ${name} of any size around the limit, or reports it as too large`, async () => {
    const reasons = new Set<string>();
    for (const size of [10_000, 60_000, 74_000, 76_000, 78_000, 79_000, 90_000, 105_000]) {
      const row = { description: letters.repeat(Math.floor(size / Buffer.byteLength(letters))) };
      const ask = { operation: 'List', entity: 'Customer', outputFormat: 'native', listEntitiesPageSize: 100 };
      const { acknowledged, published } = await worked(ask, row);
      assert.ok(acknowledged, `${size}: acknowledged`);
      assert.equal(published.length, 1, `${size}: one result`);
      const body = JSON.parse(published[0]?.data ?? '') as { error?: { details: { reason: string }[] } };
      reasons.add(body.error?.details[0]?.reason ?? 'whole');
    }
    assert.deepEqual([...reasons].sort(), ['RESULT_TOO_LARGE', 'whole']);
  });

test('a message that names an id of 2,000 bytes fails once, with its dead letter', async () => {
  for (const entityId of ['é'.repeat(1000), '東'.repeat(600), '🙂'.repeat(300)]) {
    const { acknowledged, published } = await worked({ operation: 'Get', entity: 'Customer', entityId }, {});
    assert.ok(acknowledged);
    assert.ok(published.length >= 1);
  }
});

test('a message at the limit is not reported as too large', () => {
  const message = { data: 'x'.repeat(7_800_000), attributes: { a: 'b' } };
  assert.ok(isPublishable(message));
  assert.ok(!isPublishable({ ...message, data: 'x'.repeat(7_870_000) }));
});
