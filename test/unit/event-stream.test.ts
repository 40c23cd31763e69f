/** One stream from three families: the same type, subject, source, account and change key, whichever family came. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { familyOf, matchesEventTypes, sharedType } from '../../shared/webhooks/family.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { snapshotEvent, thinEvent, type Change, type EventBody } from '../fixtures/event-families.ts';
import { testConnector, type Published, type TestConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const CREATED_S = 1_795_478_400;
const CUSTOMER: Change = {
  n: 1,
  type: 'customer.updated',
  object: { id: 'cus_1', object: 'customer' },
  createdS: CREATED_S,
};
const ACCOUNT: Change = {
  n: 2,
  type: 'v2.core.account[configuration.merchant].capability_status_updated',
  object: { id: 'acct_1x', object: 'v2.core.account' },
  createdS: CREATED_S,
};

const clock = new VirtualClock();

function connectorOf(settings: object = {}): TestConnector {
  const stripe = fakeStripe(({ path }) => ({ id: path.split('/').at(-1), object: 'customer' }));
  return testConnector({ clock, stripe, settings: { min_nodes: 50, ...settings } });
}

async function published(body: EventBody, connector = connectorOf()): Promise<Published> {
  assert.equal(await inVirtualTime(clock, publishEvent(connector, parseEvent(body))), 'published');
  const message = connector.published.at(-1);
  assert.ok(message !== undefined);
  return message;
}

/** What a subscription filters by, and what tells a subscriber where the event belongs. */
const STREAM = [
  'type',
  'resource',
  'account',
  'objectId',
  'changekey',
  'livemode',
  'ce-type',
  'ce-source',
  'ce-subject',
  'ce-time',
  'ce-changekey',
  'ce-specversion',
  'content-type',
];

const ACCOUNTS = [
  [undefined, undefined],
  ['acct_ours', 'acct_ours'],
  ['org_1/acct_ours', 'acct_ours'],
] as const;
for (const requestId of ['req_a', null])
  for (const [context, account] of ACCOUNTS)
    test(`a snapshot and a thin event of one change are alike: context ${context}, request ${requestId}`, async () => {
      const settings = { allowed_accounts: ['acct_ours'] };
      const snapshot = await published(
        snapshotEvent({ ...CUSTOMER, requestId, ...(account === undefined ? {} : { account }) }),
        connectorOf(settings),
      );
      const thin = await published(
        thinEvent({ ...CUSTOMER, requestId, ...(context === undefined ? {} : { account: context }) }),
        connectorOf(settings),
      );
      for (const name of STREAM) assert.equal(thin.attributes[name], snapshot.attributes[name], name);
      assert.equal(thin.orderingKey, snapshot.orderingKey);
      assert.equal(thin.attributes['type'], 'customer.updated');
      assert.equal(thin.attributes['ce-type'], 'com.stripe.customer.updated');
      assert.equal(thin.attributes['account'], account);
      assert.deepEqual(
        [snapshot, thin].map(({ attributes }) => [attributes['family'], attributes['originalType']]),
        [
          ['snapshot', 'customer.updated'],
          ['thin', 'v1.customer.updated'],
        ],
      );
    });

test('an event of API v2 keeps its type, and names the object of API v2', async () => {
  const { attributes } = await published(thinEvent(ACCOUNT));
  assert.equal(attributes['type'], ACCOUNT.type);
  assert.equal(attributes['family'], 'v2');
  assert.equal(attributes['ce-subject'], 'v2.core.account/acct_1x');
  assert.equal(attributes['resource'], 'v2.core.account[configuration.merchant]');
});

test('the change key differs by account, object, type and request', async () => {
  const connector = connectorOf({ allowed_accounts: ['acct_a', 'acct_b'] });
  const changes: Change[] = [
    CUSTOMER,
    { ...CUSTOMER, account: 'acct_a' },
    { ...CUSTOMER, account: 'acct_b' },
    { ...CUSTOMER, object: { id: 'cus_2', object: 'customer' } },
    { ...CUSTOMER, type: 'customer.created' },
    { ...CUSTOMER, requestId: 'req_other' },
    { ...CUSTOMER, requestId: null },
  ];
  const keys: unknown[] = [];
  for (const [n, change] of changes.entries())
    keys.push((await published({ ...snapshotEvent(change), id: `evt_${n}` }, connector)).attributes['changekey']);
  assert.equal(new Set(keys).size, changes.length);
});

// https://docs.stripe.com/upgrades#2017-05-25: before, `request` of an event was the id of the request itself.
test('the request of an old API version is the same request', async () => {
  const now = await published(snapshotEvent(CUSTOMER));
  const old = await published({ ...snapshotEvent(CUSTOMER), request: 'req_1' });
  assert.equal(old.attributes['changekey'], now.attributes['changekey']);
});

const MATCHES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'customer.updated',
    ['*', 'customer.*', 'customer.updated', 'v1.customer.*', 'v1.customer.updated'],
    ['v1.*', 'cust*'],
  ],
  ['v1.customer.updated', ['*', 'v1.*', 'customer.*', 'customer.updated', 'v1.customer.updated'], ['v2.*', 'customer']],
  ['v2.core.account.updated', ['*', 'v2.*', 'v2.core.*'], ['v1.*', 'core.*', 'account.updated']],
];
for (const [type, right, wrong] of MATCHES)
  test(`event_types selects ${type} by the name of either family`, () => {
    for (const name of right) assert.ok(matchesEventTypes(type, [name]), name);
    for (const name of wrong) assert.ok(!matchesEventTypes(type, [name]), name);
  });

test('the families', () => {
  assert.equal(familyOf(parseEvent(snapshotEvent(CUSTOMER))), 'snapshot');
  assert.equal(familyOf(parseEvent(thinEvent(CUSTOMER))), 'thin');
  assert.equal(familyOf(parseEvent(thinEvent(ACCOUNT))), 'v2');
  assert.equal(sharedType('v1.customer.updated'), 'customer.updated');
  assert.equal(sharedType('v2.core.account.updated'), 'v2.core.account.updated');
});

test('a foreign event of any family is never published', async () => {
  const connector = connectorOf({ account_id: 'acct_main', allowed_accounts: ['acct_ours'] });
  for (const context of ['acct_foreign', 'org_1/acct_foreign', 'org_1', 'acct_main/acct_foreign']) {
    for (const body of [thinEvent({ ...CUSTOMER, account: context }), thinEvent({ ...ACCOUNT, account: context })])
      assert.equal(await publishEvent(connector, parseEvent(body)), 'ignored_account', context);
    assert.equal(
      await publishEvent(connector, parseEvent({ ...snapshotEvent(CUSTOMER), context })),
      'ignored_account',
      context,
    );
  }
  assert.equal(connector.published.length, 0);
});
