/** Whose an endpoint at Stripe is: several projects and machines share one Stripe account, and each changes its own only. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import StripeSdk from 'stripe';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { syncWebhooks, type SyncOptions, type SyncResult } from '../../shared/webhooks/sync/sync.ts';
import { testConnector } from '../support/connector.ts';

const ACCOUNT = 'acct_1connected';
/** A snapshot type and a thin type, for an endpoint of API v1 and a destination of API v2. */
const TYPES = ['invoice.paid', 'v1.customer.updated'];
const hookOf = (host: string): string => `https://${host}.example.com/`;

let sandbox: Sandbox;
let stripe: StripeSdk;
beforeEach(async () => {
  sandbox = await startSandbox({ seed: 89 });
  const { hostname, port } = new URL(sandbox.url);
  stripe = new StripeSdk(sandbox.apiKey, { host: hostname, port, protocol: 'http' });
});
afterEach(() => sandbox.close());

interface Deployment {
  readonly project: string | undefined;
  readonly host: string;
  readonly name?: string;
  readonly region?: string;
}

function sync({ project, host, ...identity }: Deployment, options: SyncOptions = {}): Promise<SyncResult[]> {
  const connector = testConnector({
    clock: systemClock,
    stripe: sdkTransport({ base: sandbox.url }),
    ...(project === undefined ? {} : { project }),
    settings: {
      name: 'stripe',
      webhook_url: hookOf(host),
      event_types: TYPES,
      allowed_accounts: [ACCOUNT],
      min_nodes: 100,
      max_nodes: 100,
      ...identity,
    },
  });
  return syncWebhooks(connector, { keepSecret: () => undefined, ...options });
}

/** All endpoints and destinations of the account as Stripe has them. */
async function everything(): Promise<Map<string, unknown>> {
  const [endpoints, destinations] = await Promise.all([
    stripe.webhookEndpoints.list({ limit: 100 }),
    stripe.v2.core.eventDestinations.list({ include: ['webhook_endpoint.url'] }),
  ]);
  return new Map([...endpoints.data, ...destinations.data].map((object) => [object.id, object]));
}
const idsOf = (results: readonly SyncResult[]): (string | undefined)[] => results.map(({ id }) => id);

const PAIRS: readonly (readonly [string, Deployment, Deployment])[] = [
  ['two projects', { project: 'shop', host: 'shop' }, { project: 'bank', host: 'bank' }],
  ['two regions', { project: 'shop', host: 'eu', region: 'eu' }, { project: 'shop', host: 'us', region: 'us' }],
  ['two names', { project: 'shop', host: 'a', name: 'a' }, { project: 'shop', host: 'b', name: 'b' }],
  ['two machines without a project', { project: undefined, host: 'one' }, { project: undefined, host: 'two' }],
  ['a project and a machine', { project: 'shop', host: 'shop' }, { project: undefined, host: 'two' }],
];
for (const [name, first, second] of PAIRS)
  test(`${name} on one Stripe account leave what the other has as it is`, async () => {
    const made = await sync(first);
    const before = await everything();
    assert.equal(before.size, 3, 'two endpoints and a destination');
    const others = await sync(second, { adopt: true });
    assert.ok(others.every(({ created, removed, foreign }) => created && removed.length + foreign.length === 0));
    await sync(second, { rollSecrets: true });
    await sync(second, { keepSecret: undefined });
    const after = await everything();
    for (const [id, object] of before) assert.deepEqual(after.get(id), object, id);
    const again = await sync(first, { keepSecret: undefined });
    assert.deepEqual(idsOf(again), idsOf(made));
    assert.ok(again.every(({ changes, removed }) => changes.length + removed.length === 0));
  });

const HERE: Deployment = { project: 'shop', host: 'here' };

/** Endpoints and destinations at our URL, with or without a mark. */
function seedAt(url: string, mark: string | undefined): string[] {
  const metadata = mark === undefined ? {} : { stripe_connector: mark };
  const endpoint = { url, enabled_events: ['charge.failed'], api_version: StripeSdk.API_VERSION, metadata };
  return [
    sandbox.seed('WebhookEndpoint', endpoint),
    sandbox.seed('WebhookEndpoint', { ...endpoint, application: 'ca_sandbox' }),
    sandbox.seed('V2.Core.EventDestination', {
      event_payload: 'thin',
      type: 'webhook_endpoint',
      status: 'enabled',
      events_from: ['@self', '@accounts'],
      enabled_events: ['v1.charge.failed'],
      webhook_endpoint: { url },
      metadata,
    }),
  ].map(({ id }) => String(id));
}
const foreignOf = (results: readonly SyncResult[]): object[] => results.flatMap(({ foreign }) => foreign);

// The first versions marked with the name alone, which another project may have too.
for (const mark of [undefined, 'stripe'])
  test(`what is at this URL with the mark ${mark} is reported, and only changed with adopt`, async () => {
    const ids = seedAt(hookOf('here'), mark);
    const before = await everything();
    const expected = ids.map((id) => ({ id, owner: mark ?? null, adoptable: true }));
    const planned = await sync(HERE, { dryRun: true, keepSecret: undefined });
    assert.deepEqual(foreignOf(planned), expected);
    await assert.rejects(sync(HERE, { keepSecret: undefined }), (error: Error) =>
      ids.every((id) => error.message.includes(id) && error.message.includes('--adopt')),
    );
    assert.deepEqual(await everything(), before);
    const made = await sync(HERE);
    assert.deepEqual(foreignOf(made), expected);
    assert.ok(
      made.every(({ created }) => created),
      'made as if the others were not there',
    );
    for (const [id, object] of before) assert.deepEqual((await everything()).get(id), object, id);
    const rolled = await sync(HERE, { adopt: true, rollSecrets: true });
    assert.deepEqual(foreignOf(rolled), expected);
  });

test('adopt takes over what is at this URL without a mark; a dry run shows it and changes nothing', async () => {
  const ids = seedAt(hookOf('here'), undefined);
  const elsewhere = seedAt(hookOf('elsewhere'), undefined);
  const before = await everything();
  const planned = await sync(HERE, { adopt: true, dryRun: true, keepSecret: undefined });
  assert.deepEqual(idsOf(planned), ids);
  for (const { changes } of planned) assert.equal(changes[0], 'owner');
  assert.deepEqual(await everything(), before);
  const adopted = await sync(HERE, { adopt: true, keepSecret: undefined });
  assert.deepEqual(adopted, planned);
  const again = await sync(HERE, { keepSecret: undefined });
  assert.deepEqual(idsOf(again), ids);
  assert.ok(again.every(({ changes, foreign }) => changes.length + foreign.length === 0));
  const after = await everything();
  for (const id of elsewhere) assert.deepEqual(after.get(id), before.get(id), id);
});

test('of a marked endpoint and an adopted one the marked one stays', async () => {
  const made = await sync(HERE);
  const ids = seedAt(hookOf('here'), undefined);
  const adopted = await sync(HERE, { adopt: true, keepSecret: undefined });
  assert.deepEqual(idsOf(adopted), idsOf(made));
  assert.deepEqual(
    adopted.flatMap(({ removed }) => removed),
    ids,
  );
});

test('what another connection has at this URL is reported and never adopted', async () => {
  const owner = 'projects/bank/locations/local/connections/stripe';
  const ids = seedAt(hookOf('here'), owner);
  const before = await everything();
  for (const adopt of [false, true]) {
    const results = await sync(HERE, { adopt });
    assert.deepEqual(
      foreignOf(results),
      ids.map((id) => ({ id, owner, adoptable: false })),
    );
  }
  const after = await everything();
  for (const [id, object] of before) assert.deepEqual(after.get(id), object, id);
});

test('a command with the project adopts what the same command made without it', async () => {
  const made = await sync({ ...HERE, project: undefined });
  const plain = await sync(HERE, { dryRun: true });
  assert.ok(foreignOf(plain).every((destination) => 'adoptable' in destination && destination.adoptable === true));
  const adopted = await sync(HERE, { adopt: true, keepSecret: undefined });
  assert.deepEqual(idsOf(adopted), idsOf(made));
});
