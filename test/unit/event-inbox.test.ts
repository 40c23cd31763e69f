/** The inbox: what arrived with its outcome, on GET /events; replay under the same id; pause. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { forwardTo } from '../../shared/management/admin/forward.ts';
import { inboxRequest } from '../../shared/event-inbox/filter.ts';
import type { InboxEntry } from '../../shared/event-inbox/store.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { managementFunction } from '../../shared/management/function.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { replayEvent, type Forward } from '../../shared/webhooks/replay.ts';
import { snapshotEvent, thinEvent, type Change, type EventBody } from '../fixtures/event-families.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { FakeStripeError, fakeStripe, type FakeStripe } from '../support/fake-stripe.ts';
import { serve } from '../support/in-process.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

interface World {
  readonly clock: VirtualClock;
  readonly stripe: FakeStripe;
  readonly connector: TestConnector;
  readonly known: Map<string, EventBody>;
  publish(body: EventBody): Promise<unknown>;
  replay(id: string, forward?: Forward): Promise<void>;
  entry(id: string): Promise<InboxEntry>;
}

function world(settings: object = {}, options: { open?: boolean } = {}): World {
  const clock = new VirtualClock();
  const known = new Map<string, EventBody>();
  const missing = new FakeStripeError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: 'none',
  });
  const stripe = fakeStripe(({ path }) => {
    const id = path.split('/').at(-1) ?? '';
    if (/\/events\//.test(path)) return known.get(id) ?? missing;
    return { id, object: 'customer', name: 'now', status: 'active' };
  });
  const connector = testConnector({
    clock,
    stripe,
    ...options,
    settings: { min_nodes: 100, max_nodes: 100, allowed_accounts: ['acct_a'], ...settings },
  });
  const entry = async (id: string): Promise<InboxEntry> => {
    const found = (await connector.inbox.read(id)).entry;
    assert.ok(found !== undefined, id);
    return found;
  };
  return {
    clock,
    stripe,
    connector,
    known,
    entry,
    publish: (body) => {
      known.set(body.id, body);
      return inVirtualTime(clock, publishEvent(connector, parseEvent(body)));
    },
    replay: async (id, forward) => inVirtualTime(clock, replayEvent(connector, await entry(id), forward)),
  };
}

const change = (at: World, n: number, more: Partial<Change> = {}): Change => ({
  n,
  type: 'customer.updated',
  object: { id: `cus_${n}`, object: 'customer' },
  createdS: Math.floor(at.clock.epochMs() / 1000),
  ...more,
});
const hasReason = (reason: string) => (error: unknown) => isConnectorError(error) && error.details.reason === reason;

test('an event that arrives has an entry with its outcome, and without its payload', async () => {
  const at = world({ event_types: ['customer.*'] });
  await at.publish(thinEvent(change(at, 1, { account: 'acct_a' })));
  await at.publish(snapshotEvent(change(at, 2, { type: 'invoice.paid' })));
  await at.publish(snapshotEvent(change(at, 3, { account: 'acct_foreign' })));
  const { publishedMs, receivedMs, createdMs, changekey, ...entry } = await at.entry('evt_test_thin1');
  assert.ok(publishedMs >= receivedMs && createdMs <= receivedMs && changekey !== '');
  assert.deepEqual(entry, {
    id: 'evt_test_thin1',
    type: 'customer.updated',
    originalType: 'v1.customer.updated',
    family: 'thin',
    account: 'acct_a',
    objectType: 'customer',
    objectId: 'cus_1',
    status: 'active',
    outcome: 'published',
    reason: '',
    attempts: 1,
    via: 'webhook',
  });
  assert.equal((await at.entry('evt_1snap2')).outcome, 'ignored_type');
  assert.deepEqual(
    [(await at.entry('evt_1snap3')).outcome, (await at.entry('evt_1snap3')).account],
    ['ignored_account', 'acct_foreign'],
  );
});

test('a failed event has its reason, and the next attempt counts', async () => {
  const at = world();
  const publish = at.connector.publisher.publish.bind(at.connector.publisher);
  Object.assign(at.connector.publisher, { publish: () => Promise.reject(new Error('Pub/Sub is away')) });
  await assert.rejects(at.publish(snapshotEvent(change(at, 1))));
  const failed = await at.entry('evt_1snap1');
  assert.deepEqual([failed.outcome, failed.attempts, failed.publishedMs], ['failed', 1, 0]);
  Object.assign(at.connector.publisher, { publish });
  await at.publish(snapshotEvent(change(at, 1)));
  const done = await at.entry('evt_1snap1');
  assert.deepEqual([done.outcome, done.attempts, done.receivedMs], ['published', 2, failed.receivedMs]);
});

test('an event costs one write, a duplicate none', async () => {
  const at = world();
  let writes = 0;
  const write = at.connector.inbox.write.bind(at.connector.inbox);
  Object.assign(at.connector.inbox, { write: (entry: InboxEntry) => ((writes += 1), write(entry)) });
  const { operations } = at.connector.deps;
  Object.assign(operations, { update: () => assert.fail('an event has no operation record') });
  for (let n = 0; n < 3; n += 1) await at.publish(snapshotEvent(change(at, 1)));
  assert.equal(writes, 1);
});

test('a replay publishes the event under its own id, with the object as it is now', async () => {
  for (const make of [snapshotEvent, thinEvent]) {
    const at = world({ events_refetch: true });
    const body = make(change(at, 1, { account: 'acct_a' }));
    await at.publish(body);
    await at.clock.advance(3_600_000);
    at.stripe.clear();
    await at.replay(body.id);
    const [first, again] = at.connector.published;
    assert.equal(again?.attributes['ce-id'], first?.attributes['ce-id']);
    assert.equal(again?.attributes['changekey'], first?.attributes['changekey']);
    assert.deepEqual([first?.attributes['replayed'], again?.attributes['replayed']], [undefined, 'true']);
    assert.deepEqual(
      at.stripe.sent.map(({ path, account }) => [path, account]),
      [
        [`${make === thinEvent ? '/v2/core/events' : '/v1/events'}/${body.id}`, 'acct_a'],
        ['/v1/customers/cus_1', 'acct_a'],
      ],
    );
    const { attempts, via } = await at.entry(body.id);
    assert.deepEqual([attempts, via], [2, 'replay']);
  }
});

test('a replay that cannot be: gone at Stripe, foreign, paused', async () => {
  const at = world();
  const body = snapshotEvent(change(at, 1));
  await at.publish(body);
  await at.publish(snapshotEvent(change(at, 2, { account: 'acct_foreign' })));
  await assert.rejects(at.replay('evt_1snap2'), hasReason('EVENT_NOT_SELECTED'));
  await at.connector.inbox.setPublishing({ paused: true, pausedMs: 1, reason: '' });
  await assert.rejects(at.replay(body.id), hasReason('EVENTS_PAUSED'));
  await at.connector.inbox.setPublishing({ paused: false, pausedMs: 1, reason: '' });
  at.known.clear();
  await assert.rejects(at.replay(body.id), hasReason('EVENT_NOT_FOUND'));
  assert.equal(at.connector.published.length, 1);
});

test('a replay asks the settings of today which accounts are selected', async () => {
  const before = world();
  const foreign = snapshotEvent(change(before, 1, { account: 'acct_new' }));
  const ours = snapshotEvent(change(before, 2, { account: 'acct_a' }));
  await before.publish(foreign);
  await before.publish(ours);
  const now = world({ allowed_accounts: ['acct_new'] });
  for (const body of [foreign, ours]) {
    now.known.set(body.id, body);
    await now.connector.inbox.write(await before.entry(body.id));
  }
  await now.replay(foreign.id);
  now.stripe.clear();
  await assert.rejects(now.replay(ours.id), hasReason('EVENT_NOT_SELECTED'));
  assert.equal(now.stripe.requests.length, 0);
  // Nor an event that names another account than its entry has.
  now.known.set(foreign.id, { ...foreign, account: 'acct_a' });
  await assert.rejects(now.replay(foreign.id), hasReason('EVENT_NOT_SELECTED'));
  assert.deepEqual(
    now.connector.published.map(({ attributes }) => attributes['account']),
    ['acct_new'],
  );
});

test('a replay to a URL on this machine is a CloudEvent in binary mode, and none to the topic', async () => {
  const got: http.IncomingHttpHeaders[] = [];
  const server = http.createServer((request, response) => {
    got.push(request.headers);
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const at = world();
  await at.publish(snapshotEvent(change(at, 1)));
  const forward = forwardTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
  await replayEvent(at.connector, await at.entry('evt_1snap1'), forward);
  await new Promise((closed) => server.close(closed));
  assert.equal(at.connector.published.length, 1);
  assert.deepEqual(
    ['ce-id', 'ce-type', 'ce-specversion', 'content-type', 'x-type', 'x-replayed'].map((name) => got[0]?.[name]),
    ['evt_1snap1', 'com.stripe.customer.updated', '1.0', 'application/json', 'customer.updated', 'true'],
  );
});

for (const url of [
  'https://example.com/',
  'http://localhost.example.com/',
  'http://10.0.0.1/',
  'file:///etc/hosts',
  'nonsense',
  'http://user@evil.test#localhost',
])
  test(`a replay does not leave the machine: ${url}`, () => {
    assert.throws(() => forwardTo(url), hasReason('URL_NOT_LOCAL'));
  });

test('GET /events filters, pages and shows times', async () => {
  const at = world();
  for (let n = 0; n < 5; n += 1) {
    await at.publish(snapshotEvent(change(at, n, n % 2 === 0 ? {} : { account: 'acct_a' })));
    await at.clock.advance(1000);
  }
  const server = await serve(managementFunction(() => ({ ...at.connector, explorerPage: () => '' }), []));
  const get = async (
    query: string,
  ): Promise<{ status: number; events: Record<string, unknown>[]; nextPageToken: string | null }> => {
    const response = await fetch(`${server.url}/events${query}`);
    return {
      status: response.status,
      ...((await response.json()) as { events: Record<string, unknown>[]; nextPageToken: string | null }),
    };
  };
  const idsOf = (events: readonly Record<string, unknown>[]): unknown[] => events.map(({ id }) => id);
  try {
    const all = await get('');
    assert.deepEqual(
      idsOf(all.events),
      [4, 3, 2, 1, 0].map((n) => `evt_1snap${n}`),
    );
    assert.match(String(all.events[0]?.['received']), /^\d{4}-.*Z$/);
    const first = await get('?limit=3');
    const second = await get(`?limit=3&pageToken=${first.nextPageToken}`);
    assert.deepEqual(idsOf([...first.events, ...second.events]), idsOf(all.events));
    assert.equal(second.nextPageToken, null);
    assert.deepEqual(idsOf((await get('?account=acct_a&type=v1.customer.updated')).events), [
      'evt_1snap3',
      'evt_1snap1',
    ]);
    assert.deepEqual(idsOf((await get('?object=cus_2&outcome=published')).events), ['evt_1snap2']);
    assert.equal((await get('?outcome=held')).events.length, 0);
    const since = String(all.events[1]?.['received']);
    assert.deepEqual(idsOf((await get(`?since=${since}`)).events), ['evt_1snap4', 'evt_1snap3']);
    for (const wrong of [
      '?outcome=lost',
      '?since=yesterday',
      '?limit=0',
      '?limit=501',
      '?pageToken=x',
      '?kind=x',
      '?type=a&type=b',
    ])
      assert.equal((await get(wrong)).status, 400, wrong);
    assert.equal((await fetch(`${server.url}/events`, { method: 'POST' })).status, 405);
  } finally {
    await server.close();
  }
});

test('GET /events needs the access level reads', async () => {
  const at = world({ expose: 'discovery' }, { open: false });
  const server = await serve(managementFunction(() => ({ ...at.connector, explorerPage: () => '' }), []));
  try {
    assert.equal((await fetch(`${server.url}/events`)).status, 403);
  } finally {
    await server.close();
  }
});

test('a time is RFC 3339 or Unix seconds', () => {
  const sinceOf = (since: string) => inboxRequest(new Map([['since', since]])).filter.sinceMs;
  assert.equal(sinceOf('1795478400'), 1_795_478_400_000);
  assert.equal(sinceOf('2026-11-24T00:00:00Z'), Date.UTC(2026, 10, 24));
  assert.equal(sinceOf('2026-11-24T14:00:00.5+14:00'), Date.UTC(2026, 10, 24) + 500);
  assert.equal(sinceOf('2026-11-24'), Date.UTC(2026, 10, 24));
  // Without a zone the time would depend on the machine; `Date.parse` takes 30 February.
  const odd = ['2026-11-24T00:00:00', '2026-02-30', '2026-02-30T00:00:00Z', '2026-11-24T00:00:00 GMT', '2026-13-01'];
  for (const wrong of ['', '-1', '1e9', 'now', '999999-01-01', '99999999999999', ...odd])
    assert.throws(() => sinceOf(wrong), hasReason('INVALID_INPUT'), wrong);
});
