/** The reads of objects for events, over several instances that share a store: how many, and of which state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { planRead } from '../../shared/event-inbox/object-read.ts';
import { snapshotEvent, thinEvent, type Change } from '../fixtures/event-families.ts';
import { seeded } from '../support/changing-stripe.ts';
import type { TestConnector } from '../support/connector.ts';
import { FakeStripeError } from '../support/fake-stripe.ts';
import { sized } from '../support/sizes.ts';
import { ACCOUNTS, Fleet, objectOf, READ_MS, STORE_MS } from './event-fleet.ts';

/** The order of the events: as they were made, or shuffled by this seed. */
const ORDERS = sized([1], [0, 1, 2, 3]);
// Few instances take long for a burst, so it has pauses: 20 events of each wait for the limiter at a time.
for (const instances of sized([1, 3, 8], [1, 2, 3, 4, 8, 32]))
  for (const seed of ORDERS)
    test(`a burst over ${instances} instances costs at most 0.3 reads and 1 write more an event (order ${seed})`, async () => {
      const fleet = new Fleet(instances);
      const random = seeded(101 * seed);
      const order = Array.from({ length: 1000 }, (_, n) => ({ n, at: seed === 0 ? n : random() }));
      const bodies = order
        .sort((a, b) => a.at - b.at)
        .map(({ n }) => {
          const made: Change = {
            n,
            type: 'customer.updated',
            object: { id: `cus_${(n * 37) % 100}`, object: 'customer' },
            createdS: fleet.nowS,
          };
          return n % 2 === 0 ? thinEvent(made) : snapshotEvent(made);
        });
      await fleet.burst(bodies);
      console.log(
        `${instances} instances: ${fleet.reads.length / 1000} reads, ${(fleet.writes + fleet.entries) / 1000} writes an event`,
      );
      assert.equal(fleet.published.length, 1000);
      assert.ok(fleet.reads.length <= 300, `${fleet.reads.length} reads`);
      assert.ok(fleet.writes <= 1000, `${fleet.writes} writes`);
      for (const message of fleet.published) {
        assert.equal(message.attributes['reread'], 'yes');
        assert.equal(objectOf(message)['id'], message.attributes['objectId']);
      }
    });

test('a single event costs one read and one write more, and waits for no other', async () => {
  const fleet = new Fleet(2);
  const startMs = fleet.clock.monotonicMs();
  await fleet.run(fleet.deliver(0, fleet.change(1)));
  assert.deepEqual([fleet.reads.length, fleet.writes, fleet.entries], [1, 1, 1]);
  assert.ok(fleet.clock.monotonicMs() - startMs <= READ_MS + STORE_MS);
});

test('an event never has a state from before it, whichever instance read it', async () => {
  const fleet = new Fleet(4);
  /** The version of each event's object after its change, and the last of each object. */
  const needed = new Map<string, number>();
  const deliveries: Promise<string>[] = [];
  const change = async (): Promise<void> => {
    for (let n = 0; n < 400; n += 1) {
      const id = `cus_${n % 5}`;
      const version = (fleet.versions.get(`own ${id}`) ?? 0) + 1;
      fleet.versions.set(`own ${id}`, version);
      const body = fleet.change(n, { object: { id, object: 'customer' } });
      needed.set(body.id, version);
      // Stripe delivers some at once and others seconds later.
      const late = n % 7 === 0 ? 4000 : (n * 31) % 90;
      deliveries.push(fleet.clock.sleep(late).then(() => fleet.deliver(n % 4, body)));
      await fleet.clock.sleep((n * 13) % 60);
    }
  };
  await fleet.run(change().then(() => Promise.all(deliveries)));
  const last = new Map<string, { readonly at: string; readonly version: unknown }>();
  for (const message of fleet.published) {
    const { version } = objectOf(message);
    const id = message.attributes['ce-id'] ?? '';
    assert.ok(Number(version) >= (needed.get(id) ?? Infinity), `${id} has version ${String(version)}`);
    const at = message.attributes['stateTime'] ?? '';
    const key = `own ${message.attributes['objectId'] ?? ''}`;
    if (at >= (last.get(key)?.at ?? '')) last.set(key, { at, version });
  }
  for (const [key, version] of fleet.versions) assert.equal(last.get(key)?.version, version, key);
  assert.ok(fleet.reads.length < 100, `${fleet.reads.length} reads of 400 events`);
});

test('an event that arrives once a shared read has begun gets a state of its own', async () => {
  const fleet = new Fleet(3);
  await fleet.run(fleet.deliver(0, fleet.change(1)));
  const shared = fleet.deliver(1, fleet.change(2));
  while (fleet.reads.length < 2) await fleet.clock.advance(10);
  fleet.versions.set('own cus_1', 7);
  await fleet.run(Promise.all([shared, fleet.deliver(2, fleet.change(3))]));
  const [message] = fleet.instances[2]?.published ?? [];
  assert.equal(message && objectOf(message)['version'], 7);
});

test('two accounts never share the read of an object, over all instances', async () => {
  const fleet = new Fleet(4);
  const bodies = Array.from({ length: 90 }, (_, n) => {
    const account = [undefined, ...ACCOUNTS][n % 3];
    return fleet.change(n, account === undefined ? {} : { account });
  });
  await fleet.burst(bodies);
  assert.equal(fleet.published.length, 90);
  for (const message of fleet.published)
    assert.equal(objectOf(message)['name'], `${message.attributes['account'] ?? 'own'} cus_1`);
});

test('what instances share has no client secret', async () => {
  const fleet = new Fleet(2);
  fleet.reply = () => ({ id: 'cus_1', object: 'customer', client_secret: 'pi_1_secret_abc' });
  const stored: string[] = [];
  for (const { deps } of fleet.instances) {
    const { operations } = deps;
    const update: OperationStore['update'] = operations.update.bind(operations);
    Object.assign(operations, {
      update: (id: string, transition: Parameters<OperationStore['update']>[1]) =>
        update(id, (record, nowUs) => {
          const change = transition(record, nowUs);
          stored.push(JSON.stringify(change.record ?? null));
          return change;
        }),
    });
  }
  await fleet.run(Promise.all([0, 1, 0, 1].map((instance, n) => fleet.deliver(instance, fleet.change(n)))));
  assert.ok(stored.some((text) => text.includes('cus_1')));
  assert.ok(!stored.some((text) => text.includes('pi_1_secret_abc')));
});

test('instances that wait for a read that fails, or for an instance that is gone, read the object themselves', async () => {
  const fleet = new Fleet(3);
  await fleet.run(fleet.deliver(0, fleet.change(0)));
  let failures = 1;
  fleet.reply = () => (failures-- > 0 ? new FakeStripeError(400, { message: 'no', type: 'api_error' }) : undefined);
  const statuses = await fleet.run(
    Promise.allSettled([1, 2].map((instance) => fleet.deliver(instance, fleet.change(instance)))),
  );
  assert.ok(statuses.some(({ status }) => status === 'fulfilled'));
  // An instance that is killed once it has planned its read: the others wait for its lease, then one of them reads.
  const { deps } = fleet.instances[0] as TestConnector;
  const key = 'stripe-events read [null,"customer","cus_1"]';
  const plan = await fleet.run(deps.operations.update(key, planRead(fleet.clock.epochMs() * 1000)));
  assert.equal(plan.kind === 'lead' && plan.isShared, true);
  assert.equal(await fleet.run(fleet.deliver(1, fleet.change(11))), 'published');
});

test('without the store each instance reads for itself', async () => {
  const fleet = new Fleet(2);
  fleet.storeFails = true;
  await fleet.run(Promise.all([0, 1].map((instance) => fleet.deliver(instance, fleet.change(instance)))));
  assert.equal(fleet.published.length, 2);
  assert.equal(fleet.reads.length, 2);
});

test('an object that is too large to share is read by each instance', async () => {
  const fleet = new Fleet(3);
  fleet.reply = () => ({ id: 'cus_1', object: 'customer', description: 'x'.repeat(300_000) });
  await fleet.run(Promise.all([0, 1, 2].map((instance) => fleet.deliver(instance, fleet.change(instance)))));
  for (const message of fleet.published) assert.equal(String(objectOf(message)['description']).length, 300_000);
  assert.equal(fleet.published.length, 3);
});
