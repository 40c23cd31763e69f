/** The object as it is now: one read for a burst, under the right account, behind the calls of users. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { snapshotEvent, thinEvent, type Change } from '../fixtures/event-families.ts';
import { testConnector, type Published, type TestConnector } from '../support/connector.ts';
import { FakeStripeError, fakeStripe, type FakeReply, type FakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const ACCOUNTS = ['acct_a', 'acct_b'];
const FAST = { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000 };

interface World {
  readonly clock: VirtualClock;
  readonly stripe: FakeStripe;
  readonly connector: TestConnector;
  publish(...bodies: readonly object[]): Promise<Published[]>;
}

function world(settings: object = {}, reply?: (request: StripeRequest) => FakeReply): World {
  const clock = new VirtualClock();
  let version = 0;
  const stripe = fakeStripe(
    reply ??
      (({ path, account }) => ({
        id: path.split('/').at(-1),
        object: 'customer',
        name: `${account ?? 'own'} ${(version += 1)}`,
      })),
  );
  const connector = testConnector({
    clock,
    stripe,
    settings: { ...FAST, allowed_accounts: ACCOUNTS, events_refetch: true, ...settings },
  });
  return {
    clock,
    stripe,
    connector,
    async publish(...bodies) {
      const before = connector.published.length;
      const all = Promise.all(bodies.map((body) => publishEvent(connector, parseEvent(body))));
      await inVirtualTime(clock, all);
      return connector.published.slice(before);
    },
  };
}

const nowS = ({ clock }: World): number => Math.floor(clock.epochMs() / 1000);
const change = (at: World, n: number, more: Partial<Change> = {}): Change => ({
  n,
  type: 'customer.updated',
  object: { id: 'cus_1', object: 'customer' },
  createdS: nowS(at),
  ...more,
});
const objectOf = ({ data }: Published): Record<string, unknown> =>
  (JSON.parse(data) as { data: { object: Record<string, unknown> } }).data.object;

test('a burst of 1,000 events over 100 objects costs at most 0.3 reads an event', async () => {
  const at = world();
  const burst = Array.from({ length: 1000 }, (_, n) => {
    const made = change(at, n, { object: { id: `cus_${(n * 37) % 100}`, object: 'customer' } });
    return n % 2 === 0 ? thinEvent(made) : snapshotEvent(made);
  });
  const published = await at.publish(...burst);
  assert.equal(published.length, 1000);
  assert.ok(at.stripe.requests.length <= 300, `${at.stripe.requests.length} reads`);
  for (const message of published) assert.equal(objectOf(message)['id'], message.attributes['objectId']);
});

test('a backlog of one object, event after event, is read once', async () => {
  const at = world();
  for (let n = 0; n < 20; n += 1) await at.publish(snapshotEvent(change(at, n, { createdS: nowS(at) - 3600 + n })));
  assert.equal(at.stripe.requests.length, 1);
});

test('an event that happened after a read began gets a later state', async () => {
  const at = world();
  const [first] = await at.publish(thinEvent(change(at, 1)));
  const [second] = await at.publish(thinEvent(change(at, 2)));
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual([objectOf(first)['name'], objectOf(second)['name']], ['own 1', 'own 2']);
  assert.ok((second.attributes['stateTime'] ?? '') >= (first.attributes['stateTime'] ?? ''));
});

test('an event that arrives while its object is read gets the next read, not that one', async () => {
  const at = world();
  const published = await at.publish(thinEvent(change(at, 1)), thinEvent(change(at, 2)), thinEvent(change(at, 3)));
  assert.equal(at.stripe.requests.length, 2);
  assert.deepEqual(
    published.map((message) => objectOf(message)['name']),
    ['own 1', 'own 2', 'own 2'],
  );
});

test('objects of the same id in two accounts are two objects', async () => {
  const at = world();
  const bodies = [undefined, ...ACCOUNTS].flatMap((account, n) =>
    [0, 1, 2].map((more) => thinEvent(change(at, n * 10 + more, account === undefined ? {} : { account }))),
  );
  for (const message of await at.publish(...bodies)) {
    const account = message.attributes['account'] ?? 'own';
    assert.ok(String(objectOf(message)['name']).startsWith(account), `${account}: ${message.data}`);
  }
});

test('a read waits in the class bulk, with the time that Stripe gives a webhook', async () => {
  const at = world({ limit_scope: 'connection', max_wait_ms: 0, min_nodes: 2 });
  const bodies = Array.from({ length: 30 }, (_, n) =>
    thinEvent(change(at, n, { object: { id: `cus_${n}`, object: 'customer' } })),
  );
  assert.equal((await at.publish(...bodies)).length, 30, 'max_wait_ms is for callers');
});

// https://docs.stripe.com/rate-limits: the calls of users and the reads for events share one limit.
test("a user's call that comes after a burst of events waits behind none of their reads", async () => {
  const at = world({ limit_scope: 'connection', min_nodes: 2, max_nodes: 2 });
  const events = Array.from({ length: 30 }, (_, n) =>
    publishEvent(
      at.connector,
      parseEvent(thinEvent(change(at, n, { object: { id: `cus_${n}`, object: 'customer' } }))),
    ),
  );
  await at.clock.advance(0);
  const granted = at.stripe.requests.length;
  assert.ok(granted < 10, 'most reads of the burst wait');
  const call = {
    name: 'Customer.Get',
    clock: at.clock,
    deadlineAt: at.clock.monotonicMs() + 60_000,
    maxWaitMs: 60_000,
  };
  const path = '/v1/customers/cus_of_a_user';
  const user = at.connector.deps.stripe.request(
    { method: 'GET', path, params: {} },
    { ...call, outputFormat: 'native' },
  );
  await inVirtualTime(at.clock, Promise.all([user, Promise.allSettled(events)]));
  const place = at.stripe.sent.findIndex((request) => request.path === path);
  assert.ok(place >= 0 && place <= granted + 1, `it was request ${place}, ${granted} were granted before`);
});

test('thin events are read by default, snapshots are not; false reads none', async () => {
  for (const [setting, thin, snapshot] of [
    [undefined, 'yes', 'no'],
    [true, 'yes', 'yes'],
    [false, 'no', 'no'],
  ] as const) {
    const at = world({ events_refetch: setting });
    const published = await at.publish(thinEvent(change(at, 1)), snapshotEvent(change(at, 2)));
    const read = Object.fromEntries(
      published.map(({ attributes }) => [attributes['family'], attributes['reread']]),
    ) as Record<string, string>;
    assert.deepEqual([read['thin'], read['snapshot']], [thin, snapshot]);
  }
});

// https://docs.stripe.com/api/customers/retrieve: a deleted customer has `deleted: true`; others are resource_missing.
const GONE: readonly (readonly [string, FakeReply])[] = [
  ['a customer that is kept as deleted', { id: 'cus_1', object: 'customer', deleted: true }],
  [
    'an object that Stripe does not know',
    new FakeStripeError(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such customer' }),
  ],
];
for (const [name, reply] of GONE)
  test(`a deleted object is named as such: ${name}`, async () => {
    const at = world({}, () => reply);
    for (const body of [thinEvent(change(at, 1)), snapshotEvent(change(at, 2))]) {
      const [message] = await at.publish(body);
      assert.ok(message !== undefined);
      assert.equal(message.attributes['reread'], 'gone');
      assert.deepEqual(objectOf(message), { id: 'cus_1', object: 'customer', deleted: true });
    }
    const requests = at.connector.logged.filter(({ message }) => message === 'stripe request');
    assert.deepEqual([...new Set(requests.map(({ severity }) => severity))], ['INFO'], 'it is a normal outcome');
  });

// https://docs.stripe.com/api/v2/core/events/retrieve: "404 not_found: The resource wasn't found."
test('an object of API v2 that does not exist any more is named as such', async () => {
  const missing = new FakeStripeError(404, { type: 'invalid_request_error', code: 'not_found', message: 'not found' });
  const at = world({}, () => missing);
  const object = { id: 'acct_a', object: 'v2.core.account' };
  const [message] = await at.publish(thinEvent(change(at, 1, { type: 'v2.core.account.closed', object })));
  assert.ok(message !== undefined);
  assert.equal(message.attributes['reread'], 'gone');
  assert.deepEqual(objectOf(message), { ...object, deleted: true });
  assert.ok(at.connector.logged.every(({ severity }) => severity !== 'ERROR'));
});

test('a read that fails for another reason is an error in the log', async () => {
  const refused = new FakeStripeError(400, { type: 'invalid_request_error', code: 'parameter_invalid', message: 'no' });
  const at = world({}, () => refused);
  await at.publish(thinEvent(change(at, 1)));
  assert.ok(at.connector.logged.some(({ severity, message }) => severity === 'ERROR' && message === 'stripe request'));
});

// https://docs.stripe.com/keys#limit-access: a restricted key may lack the permission of one resource.
test('an object that the key may not read is published without its state', async () => {
  const refused = new FakeStripeError(403, {
    type: 'invalid_request_error',
    message: 'The provided key does not have the required permissions',
  });
  const at = world({}, () => refused);
  const [message] = await at.publish(thinEvent(change(at, 1)));
  assert.equal(message?.attributes['reread'], 'denied');
});

// https://docs.stripe.com/api/persons/retrieve: an object below another one, which its id alone does not find.
test('an object below another one is read by the path that the thin event names', async () => {
  const at = world();
  const object = { id: 'person_1', object: 'person' };
  const url = '/v1/accounts/acct_a/persons/person_1';
  const body = thinEvent(change(at, 1, { object, type: 'person.updated', account: 'acct_a' }));
  await at.publish({ ...body, related_object: { id: 'person_1', type: 'person', url } });
  assert.deepEqual(
    at.stripe.sent.map(({ method, path, account }) => [method, path, account]),
    [['GET', url, 'acct_a']],
  );
  const paths = ['/v1/../x/person_1', 'https://elsewhere/person_1', '/v1/accounts/acct_a', '/v1/a?b=/person_1'];
  for (const [n, odd] of paths.entries()) {
    const [message] = await at.publish({
      ...body,
      id: `evt_odd${n}`,
      related_object: { id: 'person_1', type: 'person', url: odd },
    });
    assert.equal(message?.attributes['reread'], 'not offered', odd);
  }
});

test('a failed read stops the event, and the next event reads again', async () => {
  let fail = true;
  const outage = { ok: false, kind: 'unsent', message: 'no network', stripeError: {} } as const;
  const at = world({}, () => (fail ? outage : { id: 'cus_1', object: 'customer' }));
  await assert.rejects(at.publish(thinEvent(change(at, 1))));
  assert.equal(at.connector.published.length, 0);
  fail = false;
  assert.equal((await at.publish(thinEvent(change(at, 1)))).length, 1);
});
