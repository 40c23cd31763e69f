/** Deliveries of one event that arrive together, at one instance and at two. https://docs.stripe.com/webhooks#handle-duplicate-events */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryEvents } from '../../shared/adapters/memory/events.ts';
import type { EventInbox } from '../../shared/event-inbox/store.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { snapshotEvent, thinEvent } from '../fixtures/event-families.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const CHANGE = {
  n: 1,
  type: 'customer.updated',
  object: { id: 'cus_1', object: 'customer' },
  createdS: 1_795_478_400,
};

interface Fleet {
  readonly clock: VirtualClock;
  readonly inbox: EventInbox;
  readonly instance: (readMs?: number) => TestConnector;
}

/** Instances with one inbox. `readMs` is how long Stripe takes to answer. */
function fleet(): Fleet {
  const clock = new VirtualClock();
  const inbox = memoryEvents(clock);
  const instance = (readMs = 0): TestConnector => {
    const stripe = fakeStripe(({ path }) => ({ id: path.split('/').at(-1), object: 'customer' }));
    const send = stripe.send.bind(stripe);
    return testConnector({
      clock,
      inbox,
      stripe: { ...stripe, send: async (...sent) => (await clock.sleep(readMs), send(...sent)) },
      settings: { min_nodes: 100, max_nodes: 100 },
    });
  };
  return { clock, inbox, instance };
}

const publish = (at: TestConnector, body: object): Promise<string> => publishEvent(at, parseEvent(body));

test('deliveries that arrive together at one instance are one publication', async () => {
  const { clock, instance } = fleet();
  const one = instance();
  const body = snapshotEvent(CHANGE);
  const statuses = await inVirtualTime(clock, Promise.all(Array.from({ length: 5 }, () => publish(one, body))));
  assert.deepEqual(statuses, ['published', ...Array<string>(4).fill('duplicate')]);
  assert.equal(one.published.length, 1);
});

test('what waited long for its object is not published if another instance did so meanwhile', async () => {
  const { clock, instance } = fleet();
  const [slow, fast] = [instance(5000), instance(10)];
  const body = thinEvent(CHANGE);
  const statuses = await inVirtualTime(clock, Promise.all([publish(slow, body), publish(fast, body)]));
  assert.deepEqual(statuses, ['duplicate', 'published']);
  assert.equal(slow.published.length, 0);
});

test('an instance that fails leaves the entry of the one that published', async () => {
  const { clock, inbox, instance } = fleet();
  const [failing, good] = [instance(), instance()];
  const body = snapshotEvent(CHANGE);
  Object.assign(failing.publisher, {
    publish: async () => {
      await clock.sleep(100);
      throw new Error('Pub/Sub is away');
    },
  });
  const statuses = await inVirtualTime(clock, Promise.all([publish(failing, body), publish(good, body)]));
  assert.deepEqual(statuses, ['duplicate', 'published']);
  const { entry } = await inbox.read(body.id);
  assert.deepEqual([entry?.outcome, entry?.reason], ['published', '']);
});

test('deliveries that share a failure all fail, and the next is published', async () => {
  const { clock, instance } = fleet();
  const one = instance();
  const body = snapshotEvent(CHANGE);
  const works = one.publisher.publish.bind(one.publisher);
  Object.assign(one.publisher, { publish: () => Promise.reject(new Error('Pub/Sub is away')) });
  const failed = await inVirtualTime(clock, Promise.allSettled([publish(one, body), publish(one, body)]));
  assert.deepEqual(
    failed.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  Object.assign(one.publisher, { publish: works });
  assert.equal(await inVirtualTime(clock, publish(one, body)), 'published');
});
