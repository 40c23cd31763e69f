/** Both lists of events, account by account: what no webhook brought is published once, in one family. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { reconcileAll, type ReconcileReport } from '../../shared/webhooks/reconcile-function.ts';
import { snapshotEvent, thinEvent, type Change, type EventBody } from '../fixtures/event-families.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { FakeStripeError, fakeStripe, type FakeReply, type FakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const DAY_S = 86_400;

/** Stripe's two lists of events, and the objects behind them. */
class Lists {
  readonly clock = new VirtualClock();
  readonly events: { readonly account: string | undefined; readonly body: EventBody }[] = [];
  rejected: (request: StripeRequest) => FakeReply | undefined = () => undefined;
  readonly stripe: FakeStripe = fakeStripe((request) => this.rejected(request) ?? this.reply(request));
  readonly connector: TestConnector;

  constructor(settings: object = {}) {
    const fast = { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000 };
    this.connector = testConnector({ clock: this.clock, stripe: this.stripe, settings: { ...fast, ...settings } });
  }

  nowS(): number {
    return Math.floor(this.clock.epochMs() / 1000);
  }

  list(account: string | undefined, ...bodies: readonly EventBody[]): void {
    this.events.push(...bodies.map((body) => ({ account, body })));
  }

  run(ms?: number): Promise<ReconcileReport> {
    return inVirtualTime(this.clock, reconcileAll(this.connector, ms));
  }

  publish(body: EventBody): Promise<unknown> {
    return inVirtualTime(this.clock, publishEvent(this.connector, parseEvent(body)));
  }

  ids(): unknown[] {
    return this.connector.published.map(({ attributes }) => attributes['ce-id']);
  }

  private reply({ path, params, account }: StripeRequest): FakeReply {
    const family = path === '/v1/events' ? 'event' : path === '/v2/core/events' ? 'v2.core.event' : undefined;
    if (family === undefined) return { id: path.split('/').at(-1), object: 'customer' };
    const { gte, lt } = params['created'] as { gte: number | string; lt: number | string };
    const seconds = (time: unknown): number => (typeof time === 'string' ? Date.parse(time) / 1000 : Number(time));
    const found = this.events
      .filter(({ account: of, body }) => of === account && body['object'] === family)
      .map(({ body }) => body)
      .filter(({ created }) => seconds(created) >= seconds(gte) && seconds(created) < seconds(lt))
      .sort((a, b) => seconds(b['created']) - seconds(a['created']));
    if (family === 'event') return { object: 'list', data: found, has_more: false };
    // https://docs.stripe.com/api-v2-overview#list-pagination: two events a page here.
    const from = Number(params['page'] ?? 0);
    const next = from + 2 < found.length ? `/v2/core/events?page=${from + 2}` : null;
    return { data: found.slice(from, from + 2), next_page_url: next, previous_page_url: null };
  }
}

const change = (at: Lists, n: number, more: Partial<Change> = {}): Change => ({
  n,
  type: 'customer.updated',
  object: { id: `cus_${n}`, object: 'customer' },
  createdS: at.nowS() - 600 + n,
  ...more,
});

test('events of API v2 are read page by page and published once', async () => {
  const at = new Lists();
  const v2 = Array.from({ length: 5 }, (_, n) =>
    thinEvent(
      change(at, n, { type: 'v2.core.account.updated', object: { id: `acct_${n}`, object: 'v2.core.account' } }),
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
  const at = new Lists();
  const changes = Array.from({ length: 10 }, (_, n) => change(at, n));
  at.list(undefined, ...changes.flatMap((one) => [snapshotEvent(one), thinEvent(one)]));
  await at.run();
  assert.deepEqual(
    at.ids(),
    changes.map((one) => snapshotEvent(one).id),
  );
});

test('where a thin event brought the change, its snapshot is not published again, nor the other way round', async () => {
  const at = new Lists();
  const [thin, snapshot] = [change(at, 1), change(at, 2)];
  at.list(undefined, ...[thin, snapshot].flatMap((one) => [snapshotEvent(one), thinEvent(one)]));
  await at.publish(thinEvent(thin));
  await at.publish(snapshotEvent(snapshot));
  await at.run();
  assert.deepEqual(at.ids(), [thinEvent(thin).id, snapshotEvent(snapshot).id]);
});

test('if both families are subscribed, both are published, with one change key', async () => {
  const at = new Lists();
  await at.publish(snapshotEvent(change(at, 1)));
  await at.publish(thinEvent(change(at, 1)));
  assert.equal(at.connector.published.length, 2);
  const keys = at.connector.published.map(({ attributes }) => attributes['changekey']);
  assert.equal(keys[0], keys[1]);
});

test('a thin event without a snapshot is published', async () => {
  const at = new Lists();
  const alone: EventBody = { ...thinEvent(change(at, 1)), snapshot_event: null };
  at.list(undefined, alone);
  await at.run();
  assert.deepEqual(at.ids(), [alone.id]);
});

test('two snapshots of one request and object are two events', async () => {
  const at = new Lists();
  const [one, other] = [snapshotEvent(change(at, 1)), { ...snapshotEvent(change(at, 1)), id: 'evt_second' }];
  at.list(undefined, one, other);
  await at.publish(one);
  await at.run();
  assert.deepEqual(at.ids(), [one.id, other.id]);
});

test('each account has its own cursors, and its events its own account', async () => {
  const accounts = ['acct_a', 'acct_b', 'acct_c'];
  const at = new Lists({ account_id: 'acct_a', allowed_accounts: accounts.slice(1) });
  for (const [n, account] of accounts.entries()) {
    at.list(account, snapshotEvent(change(at, n)));
    at.list(account, thinEvent(change(at, n + 10, { type: 'v2.core.account.updated' })));
  }
  await at.run();
  assert.deepEqual(
    at.connector.published.map(({ attributes }) => attributes['account']),
    accounts.flatMap((account) => [account, account]),
  );
  at.stripe.clear();
  await at.run();
  const from = at.stripe.sent.map(({ path, account }) => `${path} ${account}`);
  assert.equal(new Set(from).size, 6);
});

test('an account that cannot be read does not stop the others, and the run counts as failed', async () => {
  const at = new Lists({ account_id: 'acct_gone', allowed_accounts: ['acct_b'] });
  // https://docs.stripe.com/connect/authentication: the key has no access to an account that disconnected.
  at.rejected = ({ account }) =>
    account === 'acct_gone'
      ? new FakeStripeError(403, { type: 'invalid_request_error', code: 'account_invalid', message: 'no access' })
      : undefined;
  at.list('acct_b', snapshotEvent(change(at, 1)));
  await assert.rejects(at.run(), /no access/);
  assert.deepEqual(at.ids(), [snapshotEvent(change(at, 1)).id]);
});

test('a key that may not read the list of API v2 reconciles that of API v1', async () => {
  const at = new Lists();
  at.rejected = ({ path }) =>
    path.startsWith('/v2/')
      ? new FakeStripeError(403, { type: 'invalid_request_error', message: 'no permission' })
      : undefined;
  at.list(undefined, snapshotEvent(change(at, 1)));
  await at.run();
  assert.equal(at.connector.published.length, 1);
  assert.ok(at.connector.logged.some(({ message }) => message.includes('may not read API v2')));
});

test('a gap of more than 30 days is reported for each list', async () => {
  const at = new Lists();
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
  const at = new Lists();
  const pausedMs = at.clock.epochMs();
  await at.connector.inbox.setPublishing({ paused: true, pausedMs, reason: 'drill' });
  for (let day = 0; day < 3; day += 1) {
    const body = snapshotEvent(change(at, day, { createdS: at.nowS() }));
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
  const at = new Lists();
  const bodies = Array.from({ length: 4 }, (_, n) => snapshotEvent(change(at, n, { createdS: at.nowS() - 3000 + n })));
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
  assert.equal(at.connector.published.length, 1);
  pause = false;
  await inbox.setPublishing({ paused: false, pausedMs: 0, reason: '' });
  await at.run();
  assert.deepEqual(
    at.ids(),
    bodies.map(({ id }) => id),
  );
});
