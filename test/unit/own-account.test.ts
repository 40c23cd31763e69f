/**
 * Whose an event is when its `context` names an account: the own one, whose id the settings may not have, a connected one,
 * one of an organization, or a foreign one.
 * https://docs.stripe.com/changelog/basil/2025-04-30/additional-context-organization-events
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { replayEvent } from '../../shared/webhooks/replay.ts';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { EventLists } from '../support/event-lists.ts';
import { fakeStripe, FakeStripeError, type FakeReply, type FakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

/** The account of the API key. */
const OWN = 'acct_own';
const CONNECTED = 'acct_connected';
const CREATED_S = 1_795_478_400;

interface Setup {
  readonly connector: TestConnector;
  readonly stripe: FakeStripe;
  readonly clock: VirtualClock;
}

function setup(settings: object, account: () => FakeReply = () => ({ id: OWN, object: 'account' })): Setup {
  const clock = new VirtualClock();
  const stripe = fakeStripe(({ path }) => {
    if (path === '/v1/account') return account();
    if (path.startsWith('/v1/events') || path.startsWith('/v2/core/events')) return { object: 'list', data: [] };
    return { id: path.split('/').at(-1), object: 'customer' };
  });
  return { connector: testConnector({ clock, stripe, settings: { min_nodes: 50, ...settings } }), stripe, clock };
}

const change = (context: string | undefined, n = 1): Parameters<typeof thinEvent>[0] => ({
  n,
  type: 'customer.updated',
  object: { id: 'cus_1', object: 'customer' },
  createdS: CREATED_S,
  ...(context === undefined ? {} : { account: context }),
});
const v2Change = (context: string | undefined): Parameters<typeof thinEvent>[0] => ({
  ...change(context),
  type: 'v2.core.account.updated',
  object: { id: 'acct_2x', object: 'v2.core.account' },
});
/** A snapshot event of an organization's destination has a `context` too. */
const snapshotOf = (context: string | undefined): EventBody => ({
  ...snapshotEvent(change(undefined)),
  ...(context === undefined ? {} : { context }),
});
const FAMILIES: readonly (readonly [string, (context: string | undefined) => EventBody])[] = [
  ['snapshot', snapshotOf],
  ['thin', (context) => thinEvent(change(context))],
  ['v2', (context) => thinEvent(v2Change(context))],
];

const UNKNOWN = { allowed_accounts: [CONNECTED] };
const KNOWN = { account_id: OWN, allowed_accounts: [CONNECTED] };
/** Settings, context, the attribute `account` (null: not published), and whether the own account is read. */
const CASES: readonly (readonly [string, object, string | undefined, string | undefined | null, boolean])[] = [
  ['no context, id not known', UNKNOWN, undefined, undefined, false],
  ['the own account, id not known', UNKNOWN, OWN, undefined, true],
  ['the own account of an organization, id not known', UNKNOWN, `org_1/${OWN}`, undefined, true],
  ['the own account, no account allowed', {}, OWN, undefined, true],
  ['a connected account, id not known', UNKNOWN, CONNECTED, CONNECTED, false],
  ['a connected account of an organization', UNKNOWN, `org_1/${CONNECTED}`, CONNECTED, false],
  ['a connected account of the own one', UNKNOWN, `${OWN}/${CONNECTED}`, CONNECTED, false],
  ['a foreign account, id not known', UNKNOWN, 'acct_foreign', null, true],
  ['a foreign account of an organization', UNKNOWN, 'org_1/acct_foreign', null, true],
  ['a foreign account of the own one', UNKNOWN, `${OWN}/acct_foreign`, null, true],
  ['an organization', UNKNOWN, 'org_1', null, false],
  ['no context, id known', KNOWN, undefined, OWN, false],
  ['the own account, id known', KNOWN, OWN, OWN, false],
  ['the own account of an organization, id known', KNOWN, `org_1/${OWN}`, OWN, false],
  ['a connected account, id known', KNOWN, CONNECTED, CONNECTED, false],
  ['a foreign account, id known', KNOWN, 'acct_foreign', null, false],
  ['an organization, id known', KNOWN, 'org_1', null, false],
];
for (const [family, bodyOf] of FAMILIES)
  for (const [name, settings, context, account, reads] of CASES)
    test(`${family} event of ${name}: ${account === null ? 'acknowledged, not published' : `account ${account}`}`, async () => {
      const { connector, stripe, clock } = setup(settings);
      const body = bodyOf(context);
      const publishing = publishEvent(connector, parseEvent(body));
      assert.equal(await inVirtualTime(clock, publishing), account === null ? 'ignored_account' : 'published');
      assert.equal(
        stripe.requests.some(({ path }) => path === '/v1/account'),
        reads,
      );
      const { entry } = await connector.inbox.read(body.id);
      assert.equal(entry?.outcome, account === null ? 'ignored_account' : 'published', 'counted');
      if (account === null) {
        assert.equal(connector.published.length, 0);
        return;
      }
      const [message] = connector.published;
      assert.equal(message?.attributes['account'], account);
      assert.equal(entry.account, account ?? '');
      const source = account === undefined ? '//stripe-connector/connections/test' : `//stripe.com/accounts/${account}`;
      assert.equal(message?.attributes['ce-source'], source);
      // The event is published as Stripe sent it, and its object is read under its account.
      const { context: sent } = JSON.parse(String(message.data)) as { context?: unknown };
      assert.equal(sent ?? undefined, context);
      for (const { path, account: readAs } of stripe.sent)
        assert.equal(readAs, path === '/v1/account' ? undefined : account, path);
    });

test('an event that names the own account has the change key of one that names none', async () => {
  const { connector, clock } = setup({});
  for (const body of [
    snapshotOf(undefined),
    thinEvent(change(OWN)),
    { ...thinEvent(change(`org_1/${OWN}`)), id: 'evt_3' },
  ])
    assert.equal(await inVirtualTime(clock, publishEvent(connector, parseEvent(body))), 'published');
  assert.equal(new Set(connector.published.map(({ attributes }) => attributes['changekey'])).size, 1);
});

test('the own account is read once for many events, together or one after another', async () => {
  const { connector, stripe, clock } = setup({});
  const events = Array.from({ length: 20 }, (_, n) => parseEvent(thinEvent(change(n % 2 === 0 ? OWN : 'acct_b', n))));
  await inVirtualTime(clock, Promise.all(events.slice(0, 10).map((event) => publishEvent(connector, event))));
  for (const event of events.slice(10)) await inVirtualTime(clock, publishEvent(connector, event));
  assert.equal(stripe.requests.filter(({ path }) => path === '/v1/account').length, 1);
  assert.equal(connector.published.length, 10);
});

test('while the own account cannot be read the event is not acknowledged; a key that may not read it is not asked again', async () => {
  let reply: FakeReply = new FakeStripeError(500, { type: 'api_error' });
  const { connector, stripe, clock } = setup({}, () => reply);
  const publish = (n: number): Promise<unknown> =>
    inVirtualTime(clock, publishEvent(connector, parseEvent(thinEvent(change(OWN, n)))));
  await assert.rejects(publish(1));
  const before = stripe.requests.length;
  for (const [n, status] of [403, 404].entries()) {
    reply = new FakeStripeError(status, { type: 'invalid_request_error' });
    for (const event of [10, 11]) assert.equal(await publish(100 * n + event), 'ignored_account');
    assert.equal(stripe.requests.length, before + 1 + n);
    await clock.advance(600_001);
  }
  assert.ok(connector.logged.some(({ message }) => message.startsWith('own account not readable')));
  reply = { id: OWN, object: 'account' };
  assert.equal(await publish(3), 'published');
});

test('reconciliation publishes what names the own account in one family, and a replay does too', async () => {
  const at = new EventLists({ settings: { event_types: ['customer.*'] } });
  at.rejected = ({ path }) => (path === '/v1/account' ? { id: OWN, object: 'account' } : undefined);
  const [plain, own, foreign] = [at.change(1), at.change(2), at.change(3)].map((one) => snapshotEvent(one));
  assert.ok(plain !== undefined && own !== undefined && foreign !== undefined);
  const listed = [plain, { ...own, context: OWN }, { ...foreign, context: 'acct_foreign' }];
  // A thin event that names no snapshot is matched by its change key.
  const { snapshot_event: _, ...twin } = thinEvent({ ...at.change(2), account: OWN }) as EventBody & {
    snapshot_event?: unknown;
  };
  at.list(undefined, ...listed, twin);
  await at.run();
  assert.deepEqual(at.ids(), [plain.id, own.id]);
  assert.deepEqual(
    at.connector.published.map(({ attributes }) => attributes['account']),
    [undefined, undefined],
  );
  const { entry } = await at.connector.inbox.read(own.id);
  assert.ok(entry !== undefined);
  at.rejected = ({ path }) =>
    path === '/v1/account' ? { id: OWN } : path.startsWith('/v1/events/') ? listed[1] : undefined;
  await inVirtualTime(at.clock, replayEvent(at.connector, entry));
  assert.equal(at.connector.published.at(-1)?.attributes['replayed'], 'true');
});
