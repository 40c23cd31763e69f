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
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { reconcileAll } from '../../shared/webhooks/reconcile-function.ts';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { fakeStripe, type FakeReply } from '../support/fake-stripe.ts';
import { sized } from '../support/sizes.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const EVENTS = sized(600, 10_000);
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

/** A linear congruential generator: the same run for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

interface Listed {
  readonly account: string;
  readonly createdS: number;
  readonly body: EventBody;
}

/** Stripe's objects, and what it lists and delivers about their changes. */
class StripeDouble {
  readonly state = new Map<string, number>();
  readonly listed: Listed[] = [];
  reads = 0;

  change(account: string, n: number, choose: number, createdS: number): EventBody {
    const v2 = choose > 0.66;
    // Coupons are named by their owners, so accounts share their ids.
    const id = `shared_${n % OBJECTS}`;
    const type = v2 ? 'v2.core.account.updated' : 'coupon.updated';
    const key = `${account} ${v2 ? 'v2.core.account' : 'coupon'} ${id}`;
    const version = (this.state.get(key) ?? 0) + 1;
    this.state.set(key, version);
    const object = { id, object: v2 ? 'v2.core.account' : 'coupon', version };
    const made = { n, type, object, createdS, account };
    const thin = thinEvent(made);
    this.listed.push({ account, createdS, body: thin });
    if (v2) return thin;
    const snapshot = snapshotEvent(made);
    this.listed.push({ account, createdS, body: snapshot });
    return choose > 0.33 ? thin : snapshot;
  }

  reply({ path, params, account = '' }: StripeRequest): FakeReply {
    const family = path === '/v1/events' ? 'event' : path === '/v2/core/events' ? 'v2.core.event' : undefined;
    if (family === undefined) {
      this.reads += 1;
      const [, , kind, ...rest] = path.split('/');
      const object = kind === 'coupons' ? 'coupon' : 'v2.core.account';
      const id = rest.at(-1) ?? '';
      return { id, object, version: this.state.get(`${account} ${object} ${id}`) ?? 0 };
    }
    const { gte, lt } = params['created'] as Record<string, number | string>;
    const seconds = (time: unknown): number => (typeof time === 'string' ? Date.parse(time) / 1000 : Number(time));
    const found = this.listed
      .filter((one) => one.account === account && one.body['object'] === family)
      .filter(({ createdS }) => createdS >= seconds(gte) && createdS < seconds(lt))
      .map(({ body }) => body)
      .reverse();
    const from =
      params['starting_after'] === undefined
        ? Number(params['page'] ?? 0)
        : found.findIndex(({ id }) => id === params['starting_after']) + 1;
    const data = found.slice(from, from + 100);
    const more = from + 100 < found.length;
    return family === 'event'
      ? { object: 'list', data, has_more: more }
      : { data, next_page_url: more ? `/v2/core/events?page=${from + 100}` : null };
  }
}

interface Held {
  readonly at: string;
  readonly version: number;
}

test("after a reconciliation a subscriber that keeps the last state has Stripe's state of every object", async () => {
  const random = seeded(20_26);
  const clock = new VirtualClock();
  const stripe = new StripeDouble();
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
        const body = stripe.change(account, n, choose, createdS);
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

  const held = new Map<string, Held>();
  for (const { data, attributes } of published) {
    const { object } = (JSON.parse(data) as { data: { object: { id: string; object: string; version: number } } }).data;
    const key = `${attributes['account']} ${object.object} ${object.id}`;
    const at = attributes['stateTime'] ?? '';
    if (at >= (held.get(key)?.at ?? '')) held.set(key, { at, version: object.version });
  }
  const wrong = [...stripe.state].filter(([key, version]) => held.get(key)?.version !== version);
  assert.deepEqual(wrong, [], 'objects whose state the subscriber does not have');
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
