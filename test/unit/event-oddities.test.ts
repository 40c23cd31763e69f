/** Events that do not fit: of the other mode, of nested accounts, late, of deleted objects, in two families at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forwardTo } from '../../shared/management/admin/forward.ts';
import { isConnectorError } from '../../shared/errors.ts';
import type { InboxEntry } from '../../shared/event-inbox/store.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { snapshotEvent, thinEvent, type Change } from '../fixtures/event-families.ts';
import { testConnector, type Published, type TestConnector } from '../support/connector.ts';
import { FakeStripeError, fakeStripe, type FakeReply, type FakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const DAY_S = 86_400;

interface Receiver {
  readonly clock: VirtualClock;
  readonly stripe: FakeStripe;
  readonly connector: TestConnector;
  receive(body: object): Promise<string>;
  last(): Published;
  entry(id: string): Promise<InboxEntry | undefined>;
}

function receiver(reply: () => FakeReply, settings: object = {}): Receiver {
  const clock = new VirtualClock();
  const stripe = fakeStripe(reply);
  const connector = testConnector({ clock, stripe, settings: { min_nodes: 100, max_nodes: 100, ...settings } });
  return {
    clock,
    stripe,
    connector,
    receive: (body) => inVirtualTime(clock, publishEvent(connector, parseEvent(body))),
    last() {
      const message = connector.published.at(-1);
      assert.ok(message);
      return message;
    },
    entry: async (id) => (await connector.inbox.read(id)).entry,
  };
}

const change = (at: Receiver, more: Partial<Change> = {}): Change => ({
  n: 1,
  type: 'customer.updated',
  object: { id: 'cus_1', object: 'customer' },
  createdS: Math.floor(at.clock.epochMs() / 1000),
  ...more,
});
const objectOf = ({ data }: Published): Record<string, unknown> =>
  (JSON.parse(data) as { data?: { object?: Record<string, unknown> } }).data?.object ?? {};
const customer = (): FakeReply => ({ id: 'cus_1', object: 'customer', name: 'now' });
const missing = (message: string) => (): FakeReply =>
  new FakeStripeError(404, { type: 'invalid_request_error', code: 'resource_missing', message });

// https://docs.stripe.com/connect/webhooks: test events go to live Connect endpoints too.
test('an object of the other mode is not reported as deleted', async () => {
  const at = receiver(
    missing(
      "No such customer: 'cus_1'; a similar object exists in test mode, but a live mode key was used to make this request.",
    ),
  );
  assert.equal(await at.receive(thinEvent(change(at))), 'published');
  assert.equal(at.last().attributes['reread'], 'not offered');
  assert.equal(objectOf(at.last())['deleted'], undefined);
});

test('a late update of a deleted object says that it is deleted, in either family', async () => {
  for (const make of [snapshotEvent, thinEvent]) {
    const at = receiver(missing("No such customer: 'cus_1'"), { events_refetch: true });
    assert.equal(await at.receive(make(change(at))), 'published');
    assert.deepEqual(
      [at.last().attributes['reread'], objectOf(at.last())['deleted'], objectOf(at.last())['id']],
      ['gone', true, 'cus_1'],
    );
  }
});

test('the accounts of an event: what names the last account of a path, and what names none', async () => {
  const ROWS: readonly (readonly [object, string, string | undefined])[] = [
    [{ account: 'acct_ours' }, 'published', 'acct_ours'],
    [{ account: 'acct_ours', context: 'acct_ours' }, 'published', 'acct_ours'],
    [{ account: 'acct_ours', context: 'org_1/acct_main/acct_ours' }, 'published', 'acct_ours'],
    [{ account: null, context: 'org_1/acct_main/acct_ours' }, 'published', 'acct_ours'],
    [{ account: '', context: '' }, 'published', 'acct_main'],
    [{ account: null, context: null }, 'published', 'acct_main'],
    [{ account: 'acct_foreign', context: 'acct_ours' }, 'ignored_account', undefined],
    [{ context: 'acct_ours/acct_foreign' }, 'ignored_account', undefined],
    [{ context: 'acct_ours/' }, 'ignored_account', undefined],
    [{ context: 'org_1/wksp_1' }, 'ignored_account', undefined],
    [{ account: 'ACCT_OURS' }, 'ignored_account', undefined],
    [{ account: 'acct_ours ' }, 'ignored_account', undefined],
  ];
  const settings = { account_id: 'acct_main', allowed_accounts: ['acct_ours'], events_refetch: true };
  for (const [accounts, status, account] of ROWS) {
    const at = receiver(customer, settings);
    assert.equal(await at.receive({ ...snapshotEvent(change(at)), ...accounts }), status, JSON.stringify(accounts));
    assert.equal(at.connector.published[0]?.attributes['account'], account, JSON.stringify(accounts));
    assert.deepEqual(
      at.stripe.sent.map((request) => request.account),
      account === undefined ? [] : [account],
      'read under the same account',
    );
  }
});

test('an event older than 30 days is published, and kept as long as one that is new', async () => {
  const at = receiver(customer);
  const createdS = Math.floor(at.clock.epochMs() / 1000) - 45 * DAY_S;
  assert.equal(await at.receive(snapshotEvent(change(at, { createdS }))), 'published');
  assert.equal(at.last().attributes['ce-time'], new Date(createdS * 1000).toISOString());
  await at.clock.advance(29 * DAY_S * 1000);
  assert.equal(await at.receive(snapshotEvent(change(at, { createdS }))), 'duplicate');
});

test('older states do not overtake newer ones: the later state has the later stateTime', async () => {
  const at = receiver(customer);
  const nowS = Math.floor(at.clock.epochMs() / 1000);
  await at.receive(snapshotEvent(change(at, { n: 2, createdS: nowS })));
  await at.receive(snapshotEvent(change(at, { n: 1, createdS: nowS - 60 })));
  const times = at.connector.published.map(({ attributes }) => attributes['stateTime'] ?? '');
  assert.ok((times[0] ?? '') > (times[1] ?? ''));
});

test('both families of a change at once are two messages with one change key and one read', async () => {
  const at = receiver(customer, { events_refetch: true });
  const made = change(at);
  const statuses = await inVirtualTime(
    at.clock,
    Promise.all([snapshotEvent(made), thinEvent(made)].map((body) => publishEvent(at.connector, parseEvent(body)))),
  );
  assert.deepEqual(statuses, ['published', 'published']);
  const keys = at.connector.published.map(({ attributes }) => attributes['changekey']);
  assert.equal(new Set(keys).size, 1);
  assert.ok(at.stripe.requests.length <= 2, `${at.stripe.requests.length} reads`);
  assert.deepEqual(at.connector.published.map(({ attributes }) => attributes['family']).sort(), ['snapshot', 'thin']);
});

const URLS: readonly (readonly [string, boolean])[] = [
  ['http://localhost:9000/', true],
  ['http://127.0.0.1/', true],
  ['http://[::1]:9000/hook?x=1', true],
  // The URL parser writes these as 127.0.0.1.
  ['http://2130706433/', true],
  ['http://0x7f.1/', true],
  ['http://127.0.0.1.example.com/', false],
  ['http://localhost.localdomain/', false],
  ['http://0.0.0.0/', false],
  ['http://[::ffff:10.0.0.1]/', false],
  ['http://169.254.169.254/', false],
  ['http://metadata.google.internal/', false],
  ['//localhost/', false],
  ['ftp://localhost/', false],
  ['http://localhost@example.com/', false],
  ['http://example.com/?http://localhost/', false],
];
for (const [url, isLocal] of URLS)
  test(`a replay goes to loopback only: ${url}`, () => {
    const isRejected = (error: unknown): boolean => isConnectorError(error) && error.details.reason === 'URL_NOT_LOCAL';
    if (isLocal) assert.equal(typeof forwardTo(url), 'function');
    else assert.throws(() => forwardTo(url), isRejected);
  });
