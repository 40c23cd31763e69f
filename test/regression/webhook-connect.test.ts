/**
 * What a platform has at Stripe for the events of its connected accounts: an endpoint made with `connect`, and
 * destinations whose `events_from` names connected accounts.
 * https://docs.stripe.com/connect/webhooks, https://docs.stripe.com/api/v2/core/event_destinations/create
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import StripeSdk from 'stripe';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { syncWebhooks, type SyncOptions, type SyncResult } from '../../shared/webhooks/sync/sync.ts';
import { testConnector } from '../support/connector.ts';

const HOOK = 'https://events.example.com/';
const ACCOUNT = 'acct_1connected';
const TYPES = { event_types: ['invoice.paid', 'v1.customer.updated'] };
let sandbox: Sandbox;
let stripe: StripeSdk;
let secrets: Record<string, string>;
beforeEach(async () => {
  sandbox = await startSandbox({ seed: 79 });
  const { hostname, port } = new URL(sandbox.url);
  stripe = new StripeSdk(sandbox.apiKey, { host: hostname, port, protocol: 'http' });
  secrets = {};
});
afterEach(() => sandbox.close());

function sync(settings: object, options: SyncOptions = {}): Promise<SyncResult[]> {
  const connector = testConnector({
    clock: systemClock,
    stripe: sdkTransport({ base: sandbox.url }),
    project: 'p',
    settings: { name: 'shop', webhook_url: HOOK, min_nodes: 100, max_nodes: 100, ...TYPES, ...settings },
  });
  return syncWebhooks(connector, { keepSecret: (secret, kind) => void (secrets[kind] = secret), ...options });
}

interface At {
  /** For connected accounts, or for the account itself. */
  readonly endpoints: readonly ('connect' | 'own')[];
  readonly thin: readonly (readonly string[])[];
}

/** What an account has; the platform where none is named. */
async function at(stripeAccount?: string): Promise<At> {
  const options = stripeAccount === undefined ? {} : { stripeAccount };
  const [endpoints, destinations] = await Promise.all([
    stripe.webhookEndpoints.list({}, options),
    stripe.v2.core.eventDestinations.list({}, options),
  ]);
  return {
    endpoints: endpoints.data.map(({ application }) => (application === null ? 'own' : 'connect')),
    thin: destinations.data.map(({ events_from: from }) => from ?? []),
  };
}

const writes = (): string[] =>
  sandbox.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
const kindsOf = (results: readonly SyncResult[]): string[] => results.map(({ kind }) => kind);

const NOTHING: At = { endpoints: [], thin: [] };
const CASES: readonly (readonly [string, object, At, At])[] = [
  ['no allowed account: own events', {}, { endpoints: ['own'], thin: [['@self']] }, NOTHING],
  [
    'allowed accounts: theirs too',
    { allowed_accounts: [ACCOUNT] },
    { endpoints: ['connect', 'own'], thin: [['@self', '@accounts']] },
    NOTHING,
  ],
  [
    'allowed accounts, own events only',
    { allowed_accounts: [ACCOUNT], events_from: 'self' },
    { endpoints: ['own'], thin: [['@self']] },
    NOTHING,
  ],
  [
    'connected accounts only',
    { allowed_accounts: [ACCOUNT], events_from: 'accounts' },
    { endpoints: ['connect'], thin: [['@accounts']] },
    NOTHING,
  ],
  [
    'account_id: its events on the account, others on the platform',
    { account_id: ACCOUNT, allowed_accounts: ['acct_1other'] },
    { endpoints: ['connect'], thin: [['@accounts']] },
    { endpoints: ['own'], thin: [['@self']] },
  ],
];
for (const [name, settings, platform, account] of CASES)
  test(`${name}; a dry run changes nothing, and neither does a second run`, async () => {
    const planned = await sync(settings, { dryRun: true, keepSecret: undefined });
    assert.deepEqual(writes(), []);
    const made = await sync(settings);
    assert.deepEqual(kindsOf(made), kindsOf(planned));
    assert.ok(planned.every(({ created }) => created) && made.every(({ created }) => created));
    assert.deepEqual(Object.keys(secrets), kindsOf(made));
    assert.deepEqual([await at(), await at(ACCOUNT)], [platform, account]);
    const before = writes().length;
    assert.ok((await sync(settings, { keepSecret: undefined })).every(({ changes }) => changes.length === 0));
    assert.equal(writes().length, before);
  });

test('turned on and off: only the endpoints for connected accounts come and go', async () => {
  const [own] = await sync({});
  await sync({ allowed_accounts: [ACCOUNT] });
  assert.deepEqual(await at(), { endpoints: ['connect', 'own'], thin: [['@self', '@accounts']] });
  const off = await sync({});
  assert.deepEqual(await at(), { endpoints: ['own'], thin: [['@self']] });
  assert.equal(off.find(({ kind }) => kind === 'snapshot')?.id, own?.id);
  assert.deepEqual(
    off.map(({ kind, removed }) => [kind, removed.length]),
    [
      ['snapshot', 0],
      ['connect', 1],
      ['thin', 1],
    ],
  );
});

test('an endpoint of another version is replaced by one that serves the same accounts', async () => {
  const old = sandbox.seed('WebhookEndpoint', {
    url: HOOK,
    enabled_events: ['invoice.paid'],
    api_version: '2020-08-27',
    application: 'ca_sandbox',
  });
  const results = await sync({ allowed_accounts: [ACCOUNT] }, { adopt: true });
  assert.deepEqual(results.find(({ kind }) => kind === 'connect')?.removed, [old.id]);
  assert.deepEqual((await at()).endpoints, ['connect', 'own']);
});

test('one that is made by hand at this URL is adopted for connected accounts, and stays where none are served', async () => {
  const { id } = await stripe.webhookEndpoints.create({
    url: HOOK,
    enabled_events: ['charge.failed'],
    connect: true,
    api_version: StripeSdk.API_VERSION,
  });
  await sync({}, { adopt: true });
  assert.deepEqual((await at()).endpoints, ['own', 'connect'], 'not ours while events_from is self');
  const results = await sync({ allowed_accounts: [ACCOUNT] }, { adopt: true });
  const connect = results.find(({ kind }) => kind === 'connect');
  assert.deepEqual([connect?.id, connect?.created], [id, false]);
  assert.deepEqual(connect?.changes, ['owner', '+invoice.paid', '-charge.failed']);
});

test('what other connections and addresses have for connected accounts stays', async () => {
  sandbox.seed('WebhookEndpoint', { url: HOOK, application: 'ca_x', metadata: { stripe_connector: 'other' } });
  sandbox.seed('WebhookEndpoint', { url: 'https://elsewhere.example.com/', application: 'ca_x' });
  sandbox.seed('V2.Core.EventDestination', {
    event_payload: 'thin',
    type: 'webhook_endpoint',
    events_from: ['@accounts'],
    webhook_endpoint: { url: HOOK },
    metadata: { stripe_connector: 'other' },
  });
  for (const settings of [{ allowed_accounts: [ACCOUNT] }, {}]) await sync(settings);
  assert.deepEqual(
    writes().filter((path) => path.startsWith('DELETE')).length,
    2,
    'its own endpoint and its own destination',
  );
  assert.deepEqual((await at()).endpoints, ['own', 'connect', 'connect']);
});

test("the names of 2025 for events_from are understood: 'self' and 'other_accounts'", async () => {
  await sync({ allowed_accounts: [ACCOUNT] });
  const [thin] = (await stripe.v2.core.eventDestinations.list()).data;
  sandbox.seed('V2.Core.EventDestination', {
    id: 'ed_old',
    event_payload: 'thin',
    type: 'webhook_endpoint',
    status: 'enabled',
    events_from: ['self', 'other_accounts'],
    enabled_events: ['v1.customer.updated'],
    webhook_endpoint: { url: HOOK },
    metadata: { stripe_connector: 'projects/p/locations/local/connections/shop' },
  });
  await stripe.v2.core.eventDestinations.del(thin?.id ?? '');
  const results = await sync({ allowed_accounts: [ACCOUNT] }, { keepSecret: undefined });
  assert.deepEqual(
    results.map(({ created, changes }) => [created, changes.length]),
    [
      [false, 0],
      [false, 0],
      [false, 0],
    ],
  );
});

test('rolled secrets: each destination has a new one, and the next sync removes the old', async () => {
  const settings = { allowed_accounts: [ACCOUNT] };
  await sync(settings);
  const old = { ...secrets };
  await sync(settings, { rollSecrets: true });
  assert.deepEqual(Object.keys(secrets), ['snapshot', 'connect', 'thin']);
  for (const [kind, secret] of Object.entries(secrets)) assert.notEqual(secret, old[kind]);
  await sync(settings, { keepSecret: undefined });
  assert.deepEqual(await at(), { endpoints: ['connect', 'own'], thin: [['@self', '@accounts']] });
});
