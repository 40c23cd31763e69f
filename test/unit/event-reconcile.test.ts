/** Both lists of events, account by account: what no webhook brought is published once, in one family. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setPublishing } from '../../shared/management/admin/event-methods.ts';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { EventLists } from '../support/event-lists.ts';
import { FakeStripeError } from '../support/fake-stripe.ts';

const DAY_S = 86_400;

test('events of API v2 are read page by page and published once', async () => {
  const at = new EventLists();
  const v2 = Array.from({ length: 5 }, (_, n) =>
    thinEvent(
      at.change(n, { type: 'v2.core.account.updated', object: { id: `acct_${n}`, object: 'v2.core.account' } }),
    ),
  );
  at.list(undefined, ...v2);
  const { accounts } = await at.run();
  assert.deepEqual(
    accounts.map((summary) => 'counts' in summary && [summary.list, summary.counts]),
    [
      ['v1', {}],
      ['v2', { published: 5 }],
    ],
  );
  await at.run();
  assert.deepEqual(
    at.ids(),
    v2.map(({ id }) => id),
  );
});

test('a change that both lists have is published in one family', async () => {
  const at = new EventLists();
  const changes = Array.from({ length: 10 }, (_, n) => at.change(n));
  at.list(undefined, ...changes.flatMap((one) => [snapshotEvent(one), thinEvent(one)]));
  await at.run();
  assert.deepEqual(
    at.ids(),
    changes.map((one) => snapshotEvent(one).id),
  );
});

test('where a thin event brought the change, its snapshot is not published again, nor the other way round', async () => {
  const at = new EventLists();
  const [thin, snapshot] = [at.change(1), at.change(2)];
  at.list(undefined, ...[thin, snapshot].flatMap((one) => [snapshotEvent(one), thinEvent(one)]));
  await at.publish(thinEvent(thin));
  await at.publish(snapshotEvent(snapshot));
  await at.run();
  assert.deepEqual(at.ids(), [thinEvent(thin).id, snapshotEvent(snapshot).id]);
});

test('which thin events were delivered is found without a query, or with one if the key may not list them', async () => {
  for (const mayList of [true, false]) {
    const at = new EventLists();
    if (!mayList)
      at.rejected = ({ path }) =>
        path.startsWith('/v2/')
          ? new FakeStripeError(403, { type: 'invalid_request_error', message: 'no permission' })
          : undefined;
    const changes = Array.from({ length: 5 }, (_, n) => at.change(n));
    const unnamed: EventBody = { ...thinEvent(at.change(5)), snapshot_event: null };
    at.list(undefined, ...changes.flatMap((change) => [snapshotEvent(change), thinEvent(change)]));
    at.list(undefined, snapshotEvent(at.change(5)), unnamed);
    for (const change of changes) await at.publish(thinEvent(change));
    await at.publish(unnamed);
    at.inboxRequests = {};
    await at.run();
    const events = at.ids().filter((id) => String(id).startsWith('evt_'));
    assert.equal(events.length, 6);
    assert.equal(at.inboxRequests.ofChanges, mayList ? undefined : 1);
  }
});

test('if both families are subscribed, both are published, with one change key', async () => {
  const at = new EventLists();
  await at.publish(snapshotEvent(at.change(1)));
  await at.publish(thinEvent(at.change(1)));
  assert.equal(at.connector.published.length, 2);
  const keys = at.connector.published.map(({ attributes }) => attributes['changekey']);
  assert.equal(keys[0], keys[1]);
});

test('a thin event without a snapshot is published', async () => {
  const at = new EventLists();
  const alone: EventBody = { ...thinEvent(at.change(1)), snapshot_event: null };
  at.list(undefined, alone);
  await at.run();
  assert.deepEqual(at.ids(), [alone.id]);
});

test('two snapshots of one request and object are two events', async () => {
  const at = new EventLists();
  const [one, other] = [snapshotEvent(at.change(1)), { ...snapshotEvent(at.change(1)), id: 'evt_second' }];
  at.list(undefined, one, other);
  await at.publish(one);
  await at.run();
  assert.deepEqual(at.ids(), [one.id, other.id]);
});

test('each account has its own cursors, and its events its own account', async () => {
  const accounts = ['acct_a', 'acct_b', 'acct_c'];
  const at = new EventLists({ settings: { account_id: 'acct_a', allowed_accounts: accounts.slice(1) } });
  for (const [n, account] of accounts.entries()) {
    at.list(account, snapshotEvent(at.change(n)));
    at.list(account, thinEvent(at.change(n + 10, { type: 'v2.core.account.updated' })));
  }
  await at.run();
  assert.deepEqual(
    at.connector.published.map(({ attributes }) => attributes['account']).sort(),
    accounts.flatMap((account) => [account, account]),
  );
  at.stripe.clear();
  await at.run();
  const from = at.stripe.sent.map(({ path, account }) => `${path} ${account}`);
  assert.equal(new Set(from).size, 6);
});

test('an event in the list of one account that names another account is of that one', async () => {
  const at = new EventLists({ settings: { account_id: 'acct_a', allowed_accounts: ['acct_b'] } });
  const contexts = ['acct_b', 'org_1/acct_b', 'acct_foreign', 'org_1/acct_foreign', 'org_1', null];
  const thin = contexts.map((context, n) => ({ ...thinEvent(at.change(n)), context, snapshot_event: null }));
  at.list('acct_a', ...thin, { ...snapshotEvent(at.change(9)), account: 'acct_foreign' });
  await at.run();
  assert.deepEqual(
    at.connector.published.map(({ attributes }) => [attributes['ce-id'], attributes['account']]).sort(),
    [
      [thin[0]?.id, 'acct_b'],
      [thin[1]?.id, 'acct_b'],
      [thin[5]?.id, 'acct_a'],
    ],
  );
});

test('an account that cannot be read does not stop the others, and the run counts as failed', async () => {
  const at = new EventLists({ settings: { account_id: 'acct_gone', allowed_accounts: ['acct_b'] } });
  // https://docs.stripe.com/connect/authentication: the key has no access to an account that disconnected.
  at.rejected = ({ account }) =>
    account === 'acct_gone'
      ? new FakeStripeError(403, { type: 'invalid_request_error', code: 'account_invalid', message: 'no access' })
      : undefined;
  at.list('acct_b', snapshotEvent(at.change(1)));
  await assert.rejects(at.run(), /no access/);
  assert.deepEqual(at.ids(), [snapshotEvent(at.change(1)).id]);
});

test('a gap of more than 30 days is reported for each list', async () => {
  const at = new EventLists();
  await at.run();
  await at.clock.advance(31 * DAY_S * 1000);
  const { accounts } = await at.run();
  assert.ok(accounts.every((summary) => 'gap' in summary));
  const gaps = at.connector.published.filter(
    ({ attributes }) => attributes['ce-type'] === 'stripe-connector.events.gap.v1',
  );
  assert.equal(new Set(gaps.map(({ attributes }) => attributes['ce-id'])).size, 2);
});

test('while publishing is paused nothing is published, and nothing is lost', async () => {
  const at = new EventLists();
  const pausedMs = at.clock.epochMs();
  await at.connector.inbox.setPublishing({ paused: true, pausedMs, reason: 'drill' });
  for (let day = 0; day < 3; day += 1) {
    const body = snapshotEvent(at.change(day, { createdS: at.nowS() }));
    at.list(undefined, body);
    if (day !== 1) assert.equal(await at.publish(body), 'held');
    assert.deepEqual(await at.run(), { paused: true, accounts: [] });
    await at.clock.advance(DAY_S * 1000);
  }
  assert.equal(at.connector.published.length, 0);
  await at.connector.inbox.setPublishing({ paused: false, pausedMs, reason: '' });
  await at.run();
  assert.deepEqual(
    at.ids(),
    at.events.map(({ body }) => body.id),
  );
});

test('a pause in the middle of a run stops it before the cursor moves', async () => {
  const at = new EventLists();
  const bodies = Array.from({ length: 40 }, (_, n) => snapshotEvent(at.change(n, { createdS: at.nowS() - 3000 + n })));
  at.list(undefined, ...bodies);
  const { inbox } = at.connector;
  const publish = at.connector.publisher.publish.bind(at.connector.publisher);
  let pause = true;
  Object.assign(at.connector.publisher, {
    publish: async (topic: string, message: Parameters<typeof publish>[1]) => {
      await publish(topic, message);
      if (pause) await inbox.setPublishing({ paused: true, pausedMs: at.clock.epochMs(), reason: '' });
    },
  });
  await at.run();
  assert.ok(at.connector.published.length < 20, 'those of the objects that were under way');
  pause = false;
  await inbox.setPublishing({ paused: false, pausedMs: 0, reason: '' });
  await at.run();
  assert.deepEqual(at.ids().sort(), bodies.map(({ id }) => id).sort());
});

test('a second pause keeps the time since which events are held', async () => {
  const { connector, clock } = new EventLists();
  await setPublishing(connector, true, 'first');
  const { pausedMs } = await connector.inbox.publishing();
  await clock.advance(3_600_000);
  await setPublishing(connector, true, 'with a reason');
  assert.deepEqual(await connector.inbox.publishing(), { paused: true, pausedMs, reason: 'with a reason' });
  await setPublishing(connector, false, '');
  await setPublishing(connector, true, 'later');
  assert.equal((await connector.inbox.publishing()).pausedMs, pausedMs + 3_600_000);
});
