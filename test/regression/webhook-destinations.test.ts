/** Webhook endpoints and event destinations follow the settings: each type in one family, endpoints of others stay unchanged. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import StripeSdk from 'stripe';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { sharedType } from '../../shared/webhooks/family.ts';
import { subscriptionsOf } from '../../shared/config/subscriptions.ts';
import { syncWebhooks, type SyncOptions, type SyncResult } from '../../shared/webhooks/sync/sync.ts';
import { parseSettings } from '../../shared/config/settings.ts';
import { CATALOG } from '../support/connector-deps.ts';
import { testConnector } from '../support/connector.ts';

const URL = 'https://events.example.com/';
const ACCOUNT_TYPE = 'v2.core.account.updated';
let sandbox: Sandbox;
let stripe: StripeSdk;
let secrets: Record<string, string>;
beforeEach(async () => {
  sandbox = await startSandbox({ seed: 73 });
  const { hostname, port } = new globalThis.URL(sandbox.url);
  stripe = new StripeSdk(sandbox.apiKey, { host: hostname, port, protocol: 'http' });
  secrets = {};
});
afterEach(() => sandbox.close());

function sync(settings: object, options: SyncOptions = {}): Promise<SyncResult[]> {
  const connector = testConnector({
    clock: systemClock,
    stripe: sdkTransport({ base: sandbox.url }),
    project: 'p',
    settings: { name: 'shop', webhook_url: URL, min_nodes: 100, max_nodes: 100, ...settings },
  });
  return syncWebhooks(connector, { keepSecret: (secret, kind) => void (secrets[kind] = secret), ...options });
}

const thinOnes = async (): Promise<StripeSdk.V2.Core.EventDestination[]> => {
  const { data } = await stripe.v2.core.eventDestinations.list({ include: ['webhook_endpoint.url'] });
  return data.filter((one) => one.event_payload === 'thin');
};
const writes = (): string[] => sandbox.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path);

const settingsOf = (settings: object) => parseSettings({ name: 'a', region: 'r', ...settings });
const OFFERED = (CATALOG.entity('Event').fields['type']?.type as { enum: string[] }).enum;
const WANTED: readonly (readonly [string, object, readonly string[], readonly string[]])[] = [
  ['a type of both families is a snapshot', { event_types: ['invoice.paid'] }, ['invoice.paid'], []],
  ['or thin, as the setting says', { event_types: ['invoice.paid'], event_payload: 'thin' }, [], ['v1.invoice.paid']],
  ['or thin, as it is named', { event_types: ['v1.invoice.paid'] }, [], ['v1.invoice.paid']],
  [
    'named in both families it is in one',
    { event_types: ['invoice.paid', 'v1.invoice.paid'] },
    [],
    ['v1.invoice.paid'],
  ],
  [
    'what Stripe has in one family only comes in that one',
    {
      event_types: [ACCOUNT_TYPE, 'v1.billing.meter.no_meter_found', 'treasury.received_debit.created'],
      event_payload: 'thin',
    },
    ['treasury.received_debit.created'],
    ['v1.billing.meter.no_meter_found', ACCOUNT_TYPE],
  ],
  [
    'a pattern of snapshots selects no thin detail',
    { event_types: ['invoice_payment.*'] },
    ['invoice_payment.paid'],
    [],
  ],
  [
    'a new type is taken as it is written',
    { event_types: ['brand.new', 'v2.brand.new'] },
    ['brand.new'],
    ['v2.brand.new'],
  ],
  [
    'a new type that is named in both families it is in one',
    { event_types: ['brand.new', 'v1.brand.new'] },
    [],
    ['v1.brand.new'],
  ],
];
for (const [name, settings, snapshot, thin] of WANTED)
  test(`subscriptions: ${name}`, () => {
    assert.deepEqual(subscriptionsOf(settingsOf(settings), CATALOG), { snapshot, thin });
  });

// `*` at Stripe selects every snapshot type, also one that the catalog does not have.
for (const [event_types, snapshotTypes] of [
  [['*', 'v1.brand.new'], OFFERED],
  [['*', 'v2.brand.new'], ['*']],
  [['*', 'v1.customer.subscription.active'], ['*']],
  [['*', 'v1.customer.updated', 'v1.brand.new'], OFFERED.filter((type) => type !== 'customer.updated')],
] as const)
  test(`a thin type that the catalog does not have comes in one family: ${event_types.join()}`, () => {
    const { snapshot, thin } = subscriptionsOf(settingsOf({ event_types }), CATALOG);
    assert.deepEqual(snapshot, [...snapshotTypes].sort());
    for (const type of event_types.slice(1)) assert.ok(thin.includes(type), type);
  });

for (const event_payload of ['snapshot', 'thin'])
  for (const event_types of [['*'], ['customer.*', 'v2.*'], ['v1.*', 'invoice.*']])
    test(`no type is subscribed in two families: ${event_types.join()} as ${event_payload}`, () => {
      const { snapshot, thin } = subscriptionsOf(settingsOf({ event_types, event_payload }), CATALOG);
      const all = [...snapshot, ...thin.map(sharedType)];
      assert.equal(new Set(all).size, all.length);
      assert.ok(thin.length > 0);
      // `*` of snapshots has all of them.
      if (snapshot.includes('*')) {
        assert.deepEqual(snapshot, ['*']);
        assert.ok(!thin.some((type) => OFFERED.includes(sharedType(type))));
      }
    });

test('both kinds are made, each with its secret, and a second run changes nothing', async () => {
  const settings = { event_types: ['invoice.paid', ACCOUNT_TYPE], allowed_accounts: ['acct_a'] };
  const made = await sync(settings);
  assert.deepEqual(
    made.map(({ kind, created }) => [kind, created]),
    [
      ['snapshot', true],
      ['connect', true],
      ['thin', true],
    ],
  );
  for (const kind of ['snapshot', 'connect', 'thin']) assert.match(secrets[kind] ?? '', /^whsec_/);
  const [destination, ...more] = await thinOnes();
  assert.equal(more.length, 0);
  assert.deepEqual(
    [destination?.enabled_events, destination?.webhook_endpoint?.url, destination?.metadata, destination?.events_from],
    [[ACCOUNT_TYPE], URL, { stripe_connector: 'projects/p/locations/local/connections/shop' }, ['@self', '@accounts']],
  );
  const before = writes().length;
  assert.ok(
    (await sync(settings, { keepSecret: undefined })).every(({ created, changes }) => !created && changes.length === 0),
  );
  assert.equal(writes().length, before);
});

test('a destination that differs is changed, and enabled again', async () => {
  const [, made] = await sync({ event_types: ['invoice.paid', ACCOUNT_TYPE] });
  await stripe.v2.core.eventDestinations.disable(made?.id ?? '');
  const moved = { event_types: ['invoice.paid', 'v1.customer.created'], webhook_url: 'https://new.example.com/' };
  const results = await sync(moved, { keepSecret: undefined });
  assert.deepEqual(results.find(({ kind }) => kind === 'thin')?.changes, [
    'url https://new.example.com/',
    'enabled',
    '+v1.customer.created',
    `-${ACCOUNT_TYPE}`,
  ]);
  const [destination] = await thinOnes();
  assert.deepEqual(
    [destination?.status, destination?.enabled_events, destination?.webhook_endpoint?.url],
    ['enabled', ['v1.customer.created'], 'https://new.example.com/'],
  );
});

test('a family that is no longer subscribed loses its destination', async () => {
  await sync({ event_types: ['invoice.paid'] });
  const results = await sync({ event_types: ['invoice.paid'], event_payload: 'thin' });
  assert.deepEqual(
    results.map(({ kind, created, removed }) => [kind, created, removed.length]),
    [
      ['snapshot', false, 1],
      ['thin', true, 0],
    ],
  );
  assert.equal((await stripe.webhookEndpoints.list()).data.length, 0);
});

test('a dry run shows what would change, and changes nothing', async () => {
  const planned = await sync({ event_types: ['invoice.paid', ACCOUNT_TYPE] }, { dryRun: true, keepSecret: undefined });
  assert.deepEqual(
    planned.map(({ kind, id, created }) => [kind, id, created]),
    [
      ['snapshot', undefined, true],
      ['thin', undefined, true],
    ],
  );
  await sync({ event_types: ['invoice.paid'] });
  const before = writes().length;
  const [change] = await sync({ event_types: ['invoice.paid', 'invoice.voided'] }, { dryRun: true });
  assert.deepEqual(change?.changes, ['+invoice.voided']);
  assert.equal(writes().length, before);
});

test('rolled secrets: new destinations first, the old ones go with the next sync', async () => {
  const settings = { event_types: ['invoice.paid', ACCOUNT_TYPE] };
  const first = await sync(settings);
  const old = { ...secrets };
  const rolled = await sync(settings, { rollSecrets: true });
  assert.ok(rolled.every(({ created, removed }) => created && removed.length === 0));
  for (const kind of ['snapshot', 'thin']) assert.notEqual(secrets[kind], old[kind]);
  assert.equal((await stripe.webhookEndpoints.list()).data.length + (await thinOnes()).length, 4);
  const last = await sync(settings, { keepSecret: undefined });
  assert.deepEqual(
    last.map(({ id }) => id),
    rolled.map(({ id }) => id),
  );
  assert.deepEqual(
    last.flatMap(({ removed }) => removed),
    first.map(({ id }) => id),
  );
});

const MOVES: readonly (readonly [string, object, object, readonly string[]])[] = [
  [
    'a type moves to the snapshots',
    { event_types: ['v1.invoice.paid', 'v1.customer.updated'] },
    { event_types: ['invoice.paid', 'v1.customer.updated'] },
    ['POST thin', 'POST snapshot'],
  ],
  [
    'a type moves to the thin events',
    { event_types: ['invoice.paid', 'customer.updated'] },
    { event_types: ['v1.invoice.paid', 'customer.updated'] },
    ['POST snapshot', 'POST thin'],
  ],
  [
    'all types move to the snapshots',
    { event_types: ['invoice.paid'], event_payload: 'thin' },
    { event_types: ['invoice.paid'] },
    ['DELETE thin', 'POST snapshot'],
  ],
];
for (const [name, before, after, expected] of MOVES)
  test(`${name}: the family that loses it is changed first, and a roll of the secrets waits for that`, async () => {
    await sync(before);
    const rolledBefore = writes().length;
    if (expected[0] !== 'DELETE thin')
      await assert.rejects(sync(after, { rollSecrets: true }), /before --roll-secrets/);
    assert.equal(writes().length, rolledBefore);
    sandbox.requests.splice(0);
    await sync(after);
    const changed = sandbox.requests.filter(({ method }) => method !== 'GET');
    assert.deepEqual(
      changed.map(({ method, path }) => `${method} ${path.startsWith('/v2/') ? 'thin' : 'snapshot'}`),
      expected,
    );
    await sync(after, { rollSecrets: true });
  });

test('what others have stays: other connections, other addresses, other clouds', async () => {
  const foreign = { name: 'x', event_payload: 'thin', enabled_events: [ACCOUNT_TYPE] };
  const other = { metadata: { stripe_connector: 'other' } };
  sandbox.seed('WebhookEndpoint', { url: URL, enabled_events: ['*'], ...other });
  for (const more of [
    { type: 'webhook_endpoint', webhook_endpoint: { url: 'https://elsewhere.example.com/' } },
    { type: 'webhook_endpoint', webhook_endpoint: { url: URL }, ...other },
    { type: 'webhook_endpoint', webhook_endpoint: { url: URL }, event_payload: 'snapshot' },
    { type: 'amazon_eventbridge' },
  ])
    sandbox.seed('V2.Core.EventDestination', { ...foreign, ...more });
  const settings = { event_types: ['invoice.paid', ACCOUNT_TYPE] };
  await sync(settings);
  const results = await sync(settings, { adopt: true });
  const reported = results.flatMap(({ foreign }) => foreign);
  assert.deepEqual(
    reported.map(({ owner, problem }) => [owner, problem]).sort(),
    [
      [null, 'snapshot payload'],
      ['other', undefined],
      ['other', undefined],
    ].sort(),
  );
  assert.deepEqual(writes(), ['/v1/webhook_endpoints', '/v2/core/event_destinations']);
});

// https://docs.stripe.com/event-destinations: one account may have an endpoint and a destination at one URL.
test('a destination at this URL that brings changes twice is reported in each family, and stays', async () => {
  const mark = { stripe_connector: 'projects/p/locations/local/connections/shop' };
  const at = { type: 'webhook_endpoint', webhook_endpoint: { url: URL }, status: 'enabled', name: 'x' };
  for (const metadata of [{}, mark])
    sandbox.seed('V2.Core.EventDestination', {
      ...at,
      metadata,
      event_payload: 'snapshot',
      enabled_events: ['invoice.paid'],
    });
  sandbox.seed('V2.Core.EventDestination', { ...at, event_payload: 'thin', enabled_events: ['v1.invoice.paid'] });
  for (const options of [{}, { adopt: true }, { dryRun: true }, { rollSecrets: true }]) {
    const results = await sync({ event_types: ['invoice.paid'] }, options);
    const problems = results.flatMap(({ foreign }) => foreign.map(({ adoptable, problem }) => [adoptable, problem]));
    assert.deepEqual(problems.sort(), [
      [false, 'no type selected'],
      [false, 'snapshot payload'],
      [false, 'snapshot payload'],
    ]);
  }
  assert.ok(writes().every((path) => path === '/v1/webhook_endpoints'));
});
