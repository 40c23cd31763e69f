/** Events of every shape that Stripe sends: their account, their object, their type. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from '../../shared/config/settings.ts';
import { accountOf, parseEvent, subjectOf } from '../../shared/webhooks/event.ts';
import { matchesEventTypes } from '../../shared/webhooks/family.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { reconcile, type ReconcileSummary } from '../../shared/webhooks/reconcile/reconcile-list.ts';
import { listedId } from '../../shared/stripe/paginate.ts';
import { isConnectorError } from '../../shared/errors.ts';
import type { StripeTransport, StripeRequest } from '../../shared/stripe/transport.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { fakeStripe } from '../support/fake-stripe.ts';

const snapshot = (more: object = {}): object => ({
  id: 'evt_1a',
  object: 'event',
  type: 'customer.updated',
  created: 1_795_478_400,
  data: { object: { id: 'cus_1', object: 'customer' } },
  ...more,
});
// https://docs.stripe.com/api/v2/core/events/object
const thin = (more: object = {}): object => ({
  id: 'evt_2b',
  object: 'v2.core.event',
  type: 'v1.billing.meter.error_report_triggered',
  created: '2026-11-25T06:20:52.246Z',
  related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
  ...more,
});

function connectorOf(settings: object = {}): TestConnector & { readonly asked: readonly StripeRequest[] } {
  const stripe = fakeStripe(() => ({ id: 'cus_1', object: 'customer', name: 'now' }));
  const connector = testConnector({ clock: new VirtualClock(), stripe, settings: { min_nodes: 50, ...settings } });
  return Object.assign(connector, { asked: stripe.sent });
}

// https://docs.stripe.com/changelog/basil/2025-04-30/additional-context-organization-events: "Use the context field to
// determine which account generated the event"; integrallis/stripe_event#179; dj-stripe#1281.
const ACCOUNTS: readonly (readonly [object, string | null | undefined])[] = [
  [{}, undefined],
  [{ account: null, context: null }, undefined],
  [{ account: 'acct_A' }, 'acct_A'],
  [{ context: 'acct_A' }, 'acct_A'],
  [{ account: 'acct_A', context: 'acct_B' }, 'acct_A'],
  [{ account: '', context: 'acct_B' }, 'acct_B'],
  [{ context: 'org_1/acct_A' }, 'acct_A'],
  [{ context: 'acct_P/acct_B' }, 'acct_B'],
  [{ context: 'org_1' }, null],
  [{ context: 'acct_B/' }, null],
  [{ context: 'elsewhere' }, null],
];
for (const [more, account] of ACCOUNTS)
  for (const family of [snapshot, thin])
    test(`the account of ${JSON.stringify(more)} is ${String(account)}, of a ${family === thin ? 'v2' : 'v1'} event`, async () => {
      assert.equal(accountOf(parseEvent(family(more))), account);
      for (const ours of [false, true]) {
        const allowed = ours && typeof account === 'string' ? [account] : ['acct_other'];
        const connector = connectorOf({ allowed_accounts: allowed, event_types: ['*'] });
        const status = await publishEvent(connector, parseEvent(family(more)));
        const isOwn = account === undefined || (ours && account !== null);
        assert.equal(status, isOwn ? 'published' : 'ignored_account');
        const [message] = connector.published;
        assert.equal(message?.attributes['account'], isOwn ? account : undefined);
        if (isOwn && typeof account === 'string')
          assert.equal(message?.attributes['ce-source'], `//stripe.com/accounts/${account}`);
      }
    });

test("an object is read again under its event's account", async () => {
  for (const more of [{ account: 'acct_A' }, { context: 'acct_A' }, { context: 'org_1/acct_A' }]) {
    const connector = connectorOf({ account_id: 'acct_main', allowed_accounts: ['acct_A'], events_refetch: true });
    assert.equal(await publishEvent(connector, parseEvent(snapshot(more))), 'published');
    assert.deepEqual(
      connector.asked.map(({ path, account }) => [path, account]),
      [['/v1/customers/cus_1', 'acct_A']],
    );
  }
});

// https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage: data of a v2 event; stripe-python test_v2_event.py.
test('the data of a v2 event may be any value', () => {
  for (const data of [undefined, null, {}, { developer_message_summary: 'x' }, [], 'text', 7]) {
    const event = parseEvent(thin(data === undefined ? {} : { data }));
    assert.deepEqual(subjectOf(event), { id: 'mtr_1', kind: 'billing.meter' });
  }
  assert.deepEqual(subjectOf(parseEvent(thin({ related_object: null }))), { id: undefined, kind: undefined });
});

// confact/stripe.cr#39, dj-stripe#530: invoice.upcoming has no id, or a null one.
test('an object without an id gives an event without a subject', () => {
  for (const object of [{ object: 'invoice' }, { id: null, object: 'invoice' }])
    assert.deepEqual(subjectOf(parseEvent(snapshot({ type: 'invoice.upcoming', data: { object } }))), {
      id: undefined,
      kind: 'invoice',
    });
});

// https://docs.stripe.com/api/v2/core/accounts/event-types, integrallis/stripe_event#179
const TYPES = [
  'customer.updated',
  'v1.billing.meter.error_report_triggered',
  'v2.core.account[configuration.merchant].capability_status_updated',
  'v2.core.account[requirements].updated',
  'some-new.thing',
];
for (const type of TYPES)
  test(`event_types accepts ${type}, as the webhook does`, () => {
    assert.equal(parseEvent(snapshot({ type })).type, type);
    const prefix = `${type.split('.')[0] ?? ''}.*`;
    for (const wanted of [type, prefix, '*']) {
      const { eventTypes } = parseSettings({ name: 'a', region: 'b1', event_types: [wanted] });
      assert.ok(matchesEventTypes(type, eventTypes));
    }
  });

const listing = (pages: readonly (readonly unknown[])[], createdS: number): StripeTransport =>
  fakeStripe(({ params }) => {
    const { gte, lt } = params['created'] as { gte: number; lt: number };
    const listed = createdS >= gte && createdS < lt ? pages : [];
    const after = listed.findIndex((page) => page.some((one) => listedId(one) === params['starting_after'])) + 1;
    const at = params['starting_after'] === undefined ? 0 : after;
    const has_more = at < listed.length - 1;
    return { object: 'list', data: listed[at] ?? [], has_more };
  });

async function reconciled(
  pagesOf: (createdS: number) => readonly (readonly unknown[])[],
  settings: object = {},
): Promise<{ connector: TestConnector; run: ReconcileSummary }> {
  const clock = new VirtualClock();
  const createdS = Math.floor(clock.epochMs() / 1000) - 600;
  const stripe = listing(pagesOf(createdS), createdS);
  const connector = testConnector({ clock, stripe, settings: { min_nodes: 50, ...settings } });
  const running = reconcile(connector, undefined, clock.monotonicMs() + 60_000);
  const [{ summary: run }] = await Promise.all([running, clock.advance(30_000)]);
  return { connector, run };
}

const publishedIds = ({ published }: TestConnector): unknown[] =>
  published.map(({ attributes }) => attributes['ce-id']);

// confact/stripe.cr#39, bitwarden/server#3128: an entry of another shape than expected broke the whole reading.
let deep: unknown = 1;
for (let levels = 0; levels < 20_000; levels += 1) deep = [deep];
const ODD: readonly unknown[] = [
  null,
  7,
  'text',
  [],
  snapshot({ id: 'evt_odd', type: 'with a space' }),
  snapshot({ id: 7 }),
  snapshot({ id: null }),
  snapshot({ id: 'evt_odd', object: 'invoice' }),
  snapshot({ id: 'evt_odd', created: null }),
  snapshot({ id: 'evt_odd', data: { object: { id: 'cus_1', object: 'customer', deep } } }),
];
test('an unusual event does not stop reconcile-events: the others are published, it is counted and logged', async () => {
  for (const [index, odd] of ODD.entries())
    for (const last of [false, true]) {
      const { connector, run } = await reconciled((created) => {
        const [a, c] = [snapshot({ id: 'evt_a', created }), snapshot({ id: 'evt_c', created })];
        // At the end of a page it does not end the list.
        return last ? [[c, odd], [a]] : [[c, odd, a]];
      });
      assert.deepEqual([run.counts, run.complete], [{ published: 2, refused: 1 }, true], `odd event ${index}`);
      assert.deepEqual(publishedIds(connector), ['evt_a', 'evt_c']);
      assert.ok(connector.logged.some(({ message }) => message === 'event rejected, not published'));
    }
});

test('a list that has more pages and no cursor is an error, not an end', async () => {
  await assert.rejects(
    reconciled((created) => [[null, snapshot({ id: null, created })], [snapshot({ id: 'evt_a', created })]]),
    (error) => isConnectorError(error) && error.details.reason === 'STRIPE_INVALID_RESPONSE',
  );
});

// `time` of a CloudEvent is RFC 3339: years 0000 to 9999. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#time
test('publishes an event of any time with a time that RFC 3339 can express', async () => {
  for (const created of [0, 1_795_478_400, 1e13, 1e300, -1, 1_795_478_400_000, 'no time', '+275760-09-12T00:00:00Z']) {
    const connector = connectorOf();
    assert.equal(await publishEvent(connector, parseEvent(snapshot({ created }))), 'published');
    assert.match(connector.published[0]?.attributes['ce-time'] ?? '', /^\d{4}-\d\d-\d\dT/);
  }
});

// https://protobuf.dev/programming-guides/json: a message that holds half of a surrogate pair is no JSON of a proto.
test('publishes an event whose id has an unpaired surrogate', async () => {
  const connector = connectorOf();
  const event = parseEvent(snapshot({ data: { object: { id: 'cus_\ud83d', object: 'customer' } } }));
  assert.equal(await publishEvent(connector, event), 'published');
  const [message] = connector.published;
  assert.equal(message?.orderingKey, 'cus_\ufffd');
  assert.equal(message.attributes['objectId'], 'cus_\ufffd');
});

test('publishes an object that cannot be read by its id as the event has it', async () => {
  for (const id of ['..', 'a\nb', 'x'.repeat(600), 'search']) {
    const connector = connectorOf({ events_refetch: true });
    const event = parseEvent(snapshot({ data: { object: { id, object: 'customer' } } }));
    assert.equal(await publishEvent(connector, event), 'published');
    assert.equal(connector.published[0]?.attributes['reread'], 'not offered');
    assert.equal(connector.asked.length, 0);
  }
});
