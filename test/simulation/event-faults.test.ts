/**
 * The stream under faults: events of three families over twenty accounts, shuffled, a quarter duplicated, one in twenty
 * dropped, receivers killed in the middle. After a reconciliation a subscriber has Stripe's state of every object.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryEvents } from '../../shared/adapters/memory/events.ts';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import type { EventInbox } from '../../shared/event-inbox/store.ts';
import type { Message } from '../../shared/ports/publisher.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { reconcileAll } from '../../shared/webhooks/reconcile/reconcile-function.ts';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { ChangingStripe, LastStates, seeded } from '../support/changing-stripe.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { sized } from '../support/sizes.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const EVENTS = sized(400, 10_000);
const ACCOUNTS = Array.from({ length: 20 }, (_, n) => `acct_${n}`);
const OBJECTS = sized(40, 500);
const SPAN_MS = sized(600_000, 3_000_000);
const [DUPLICATED, DROPPED, FOREIGN, KILLED] = [0.25, 0.05, 0.02, 0.03];

const SETTINGS = {
  min_nodes: 100,
  max_nodes: 100,
  account_ceiling: 10_000,
  endpoint_ceiling: 10_000,
  allowed_accounts: ACCOUNTS,
  events_refetch: true,
};

test("after a reconciliation a subscriber that keeps the last state has Stripe's state of every object", async () => {
  const random = seeded(20_26);
  const clock = new VirtualClock();
  const stripe = new ChangingStripe({ objects: OBJECTS });
  const transport = fakeStripe((request) => stripe.reply(request));
  const [inbox, operations] = [memoryEvents(clock), memoryOperations(clock)];
  const published: Message[] = [];
  let killed = 0;

  /** A receiver that may be killed: between the publication and the entry, or before either. */
  const receiver = (): TestConnector => {
    let alive = true;
    const die = (): void => {
      if (alive && random() < KILLED) {
        alive = false;
        killed += 1;
      }
      if (!alive) throw new Error('killed');
    };
    const mortal: EventInbox = { ...inbox, write: async (entry) => (die(), inbox.write(entry)) };
    return testConnector({
      clock,
      stripe: transport,
      inbox: mortal,
      operations,
      publisher: { publish: async (_topic, message) => (die(), void published.push(message)) },
      settings: SETTINGS,
    });
  };

  const beganMs = clock.epochMs();
  const receivers = Array.from({ length: 3 }, receiver);
  const deliver = async (body: EventBody): Promise<void> => {
    for (let tries = 0; tries < 5; tries += 1) {
      const place = Math.floor(random() * receivers.length);
      const one = receivers[place];
      if (one === undefined) return;
      const status = await publishEvent(one, parseEvent(body)).catch(() => 'again');
      if (status !== 'again') return;
      receivers[place] = receiver();
      await clock.sleep(5000 * random());
    }
  };
  const work: Promise<void>[] = [];
  let distinct = 0;
  for (let n = 0; n < EVENTS; n += 1) {
    const atMs = (n / EVENTS) * SPAN_MS;
    const [account, choose, late, fate] = [
      ACCOUNTS[Math.floor(random() * 20)] ?? '',
      random(),
      random() * 30_000,
      random(),
    ];
    work.push(
      (async () => {
        await clock.sleep(atMs);
        const createdS = Math.floor(clock.epochMs() / 1000);
        const body = stripe.change({ account, n, choose, createdS });
        distinct += 1;
        if (fate < FOREIGN) {
          const change = {
            n: EVENTS + n,
            type: 'coupon.updated',
            object: { id: 'foreign', object: 'coupon' },
            createdS,
          };
          await deliver((choose > 0.5 ? thinEvent : snapshotEvent)({ ...change, account: 'acct_foreign' }));
        }
        if (fate > 1 - DROPPED) return;
        await clock.sleep(late);
        await Promise.all([
          deliver(body),
          ...(random() < DUPLICATED ? [clock.sleep(random() * 10_000).then(() => deliver(body))] : []),
        ]);
      })(),
    );
  }
  await inVirtualTime(clock, Promise.all(work));
  await clock.advance(120_000);
  const reconciler = testConnector({
    clock,
    stripe: transport,
    inbox,
    operations,
    publisher: { publish: (_topic, message) => Promise.resolve(void published.push(message)) },
    settings: SETTINGS,
  });
  await inVirtualTime(clock, reconcileAll(reconciler, 3_600_000));

  const subscriber = new LastStates();
  for (const message of published) subscriber.keep(message);
  assert.deepEqual(subscriber.differences(stripe), []);
  for (const { attributes } of published)
    assert.equal(attributes['account'], stripe.accountOf.get(attributes['ce-id'] ?? ''));
  assert.ok(
    published.every(({ attributes }) => ACCOUNTS.includes(attributes['account'] ?? '')),
    'a foreign account',
  );
  assert.ok(killed > 0 && distinct === EVENTS);
  const [perEvent, readsPerEvent] = [published.length / distinct, stripe.reads / distinct];
  console.log(
    `${distinct} events, ${killed} kills, ${perEvent.toFixed(3)} publications and ${readsPerEvent.toFixed(3)} reads an event in ${Math.round((clock.epochMs() - beganMs) / 60_000)} min`,
  );
  assert.ok(perEvent <= 1.2, `${perEvent} publications an event`);
});
