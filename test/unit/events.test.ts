/** Events of every shape that Stripe sends: their account, their object, their type. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from '../../shared/connection/settings.ts';
import { accountOf, isOfTypes, parseEvent, subjectOf } from '../../shared/serve/stripe-events/event.ts';
import { publishEvent } from '../../shared/serve/stripe-events/publish.ts';
import { reconcile } from '../../shared/serve/stripe-events/reconcile.ts';
import type { StripeRequest } from '../../shared/ports/stripe.ts';
import { testConnector, type TestConnector } from '../connector.ts';
import { VirtualClock } from '../virtual-clock.ts';

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

function connectorOf(settings: object = {}): TestConnector & { readonly asked: StripeRequest[] } {
  const asked: StripeRequest[] = [];
  const clock = new VirtualClock();
  const stripe = {
    ready: () => undefined,
    send: (request: StripeRequest) => {
      asked.push(request);
      return Promise.resolve({ ok: true as const, body: { id: 'cus_1', object: 'customer', name: 'now' } });
    },
  };
  const connector = testConnector({ clock, stripe, settings: { min_nodes: 50, ...settings } });
  return Object.assign(connector, { asked });
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
        const fate = await publishEvent(connector, parseEvent(family(more)));
        const isOwn = account === undefined || (ours && account !== null);
        assert.equal(fate, isOwn ? 'published' : 'foreign');
        const [message] = connector.published;
        assert.equal(message?.attributes['account'], isOwn ? account : undefined);
        if (isOwn && typeof account === 'string')
          assert.equal(message?.attributes['ce-source'], `//stripe.com/accounts/${account}`);
      }
    });

test('an object is read again under the account of its event', async () => {
  for (const more of [{ account: 'acct_A' }, { context: 'acct_A' }, { context: 'org_1/acct_A' }]) {
    const connector = connectorOf({ account_id: 'acct_main', allowed_accounts: ['acct_A'], events_reread: true });
    assert.equal(await publishEvent(connector, parseEvent(snapshot(more))), 'published');
    assert.deepEqual(
      connector.asked.map(({ path, account }) => [path, account]),
      [['/v1/customers/cus_1', 'acct_A']],
    );
  }
});

// https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage: data of a v2 event; stripe-python test_v2_event.py.
test('data of a v2 event is anything', () => {
  for (const data of [undefined, null, {}, { developer_message_summary: 'x' }, [], 'text', 7]) {
    const event = parseEvent(thin(data === undefined ? {} : { data }));
    assert.deepEqual(subjectOf(event), { id: 'mtr_1', kind: 'billing.meter' });
  }
  assert.deepEqual(subjectOf(parseEvent(thin({ related_object: null }))), {});
});

// confact/stripe.cr#39, dj-stripe#530: invoice.upcoming has no id, or a null one.
test('an object without an id is an event without a subject', () => {
  for (const object of [{ object: 'invoice' }, { id: null, object: 'invoice' }])
    assert.deepEqual(subjectOf(parseEvent(snapshot({ type: 'invoice.upcoming', data: { object } }))), {
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
  test(`event_types takes ${type}, as the webhook does`, () => {
    assert.equal(parseEvent(snapshot({ type })).type, type);
    const prefix = `${type.split('.')[0] ?? ''}.*`;
    for (const wanted of [type, prefix, '*']) {
      const { eventTypes } = parseSettings({ name: 'a', region: 'b1', event_types: [wanted] });
      assert.ok(isOfTypes(type, eventTypes));
    }
  });

test('one odd event does not stop reconcile-events: the others are published, it is counted and logged', async () => {
  for (const odd of [{ type: 'with a space' }, { id: 7 }, { object: 'invoice' }, { created: null }]) {
    const clock = new VirtualClock();
    const createdS = Math.floor(clock.epochMs() / 1000) - 600;
    const data = ['evt_c', 'evt_odd', 'evt_a'].map((id) =>
      snapshot({ id, created: createdS, ...(id === 'evt_odd' ? odd : {}) }),
    );
    const stripe = {
      ready: () => undefined,
      send: ({ params }: StripeRequest) => {
        const { gte, lt } = params['created'] as { gte: number; lt: number };
        const listed = createdS >= gte && createdS < lt ? data : [];
        return Promise.resolve({ ok: true as const, body: { object: 'list', data: listed, has_more: false } });
      },
    };
    const connector = testConnector({ clock, stripe, settings: { min_nodes: 50 } });
    const running = reconcile(connector, undefined, clock.monotonicMs() + 60_000);
    await clock.advance(30_000);
    const { fates, complete } = await running;
    assert.deepEqual([fates, complete], [{ published: 2, refused: 1 }, true], JSON.stringify(odd));
    assert.deepEqual(
      connector.published.map(({ attributes }) => attributes['ce-id']),
      ['evt_a', 'evt_c'],
    );
    assert.ok(connector.logged.some(({ message }) => message === 'an event cannot be published'));
  }
});
