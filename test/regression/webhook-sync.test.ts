/** One webhook endpoint for the connection, whatever was there; and the secrets that sign what it brings. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import { signatureVerifier } from '../../shared/adapters/stripe/signatures.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { WebhookSecrets } from '../../shared/stripe/secrets/webhook-secrets.ts';
import { syncWebhooks } from '../../shared/webhooks/sync/sync.ts';
import { testConnector } from '../support/connector.ts';
import { signed } from '../fixtures/stripe-webhooks.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const URL = 'https://events.example.com/';
/** What marks an endpoint as the connection's own. */
const MARK = 'projects/p/locations/local/connections/shop';
let sandbox: Sandbox;
let secrets: string[];
beforeEach(async () => {
  sandbox = await startSandbox({ seed: 71 });
  secrets = [];
});

afterEach(() => sandbox.close());

interface Synced {
  readonly id: string | undefined;
  readonly created: boolean;
  readonly changed: boolean;
  readonly removed: readonly string[];
}

/** The result for the endpoint of snapshot events. */
const sync = async (settings: object = {}, keep = true, adopt = false): Promise<Synced> => {
  const connector = testConnector({
    clock: systemClock,
    stripe: sdkTransport({ base: sandbox.url }),
    project: 'p',
    settings: { name: 'shop', webhook_url: URL, event_types: ['invoice.paid'], min_nodes: 50, ...settings },
  });
  const keepSecret = keep ? (secret: string): void => void secrets.push(secret) : undefined;
  const [result, ...others] = await syncWebhooks(connector, { keepSecret, adopt });
  assert.ok(result?.kind === 'snapshot' && others.length === 0);
  const { id, created, changes, removed } = result;
  return { id, created, changed: changes.length > 0, removed };
};

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly enabled_events: string[];
  readonly status: string;
  readonly metadata: Record<string, string>;
}
async function endpoints(): Promise<Endpoint[]> {
  const answer = await fetch(`${sandbox.url}/v1/webhook_endpoints`, {
    headers: { authorization: `Bearer ${SANDBOX_KEY}` },
  });
  return ((await answer.json()) as { data: Endpoint[] }).data;
}

test('creates a missing endpoint and returns its secret once; a second run changes nothing', async () => {
  const made = await sync();
  assert.ok(made.created);
  assert.equal(secrets.length, 1);
  assert.match(secrets[0] ?? '', /^whsec_/);
  const [one, ...more] = await endpoints();
  assert.equal(more.length, 0);
  assert.deepEqual([one?.url, one?.enabled_events, one?.metadata], [URL, ['invoice.paid'], { stripe_connector: MARK }]);
  assert.deepEqual(await sync({}, false), { id: made.id, created: false, changed: false, removed: [] });
});

test('creates no endpoint without a place for its secret', async () => {
  await assert.rejects(sync({}, false), /--secret-file/);
  assert.equal((await endpoints()).length, 0);
});

test('updates an existing endpoint to changed settings', async () => {
  const { id } = await sync();
  const changed = await sync(
    { event_types: ['invoice.*', 'charge.failed'], webhook_url: 'https://new.example.com/' },
    false,
  );
  assert.deepEqual(changed, { id, created: false, changed: true, removed: [] });
  const [one] = await endpoints();
  assert.equal(one?.url, 'https://new.example.com/');
  assert.ok(one.enabled_events.includes('invoice.paid') && one.enabled_events.includes('charge.failed'));
  assert.ok(!one.enabled_events.includes('invoiceitem.created'));
});

test('merges our endpoints and those that it adopts at our address into one and leaves others unchanged', async () => {
  const foreign = sandbox.seed('WebhookEndpoint', { url: 'https://elsewhere.example.com/', enabled_events: ['*'] });
  const other = sandbox.seed('WebhookEndpoint', {
    url: 'https://b.example.com/',
    metadata: { stripe_connector: 'other' },
  });
  const { id } = await sync();
  sandbox.seed('WebhookEndpoint', { url: URL, enabled_events: ['*'] });
  sandbox.seed('WebhookEndpoint', { url: 'https://old.example.com/', metadata: { stripe_connector: MARK } });
  const { removed } = await sync({}, true, true);
  assert.equal(removed.length, 2);
  assert.deepEqual((await endpoints()).map((one) => one.id).sort(), [foreign.id, other.id, id].sort());
});

test('replaces an endpoint of another API version, creating the new one first', async () => {
  const old = sandbox.seed('WebhookEndpoint', {
    url: URL,
    enabled_events: ['invoice.paid'],
    api_version: '2020-08-27',
  });
  const { created, removed } = await sync({}, true, true);
  assert.ok(created);
  assert.deepEqual(removed, [old.id]);
  const writes = sandbox.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);
  assert.deepEqual(writes, ['POST', 'DELETE']);
});

test('a pattern that matches no type is an error that names it', async () => {
  await assert.rejects(sync({ event_types: ['invioce.*'] }), /invioce\.\*/);
});

test('reads a rotated signing secret again after a failure, at most once a minute', async () => {
  const clock = new VirtualClock(0);
  const now = Date.now();
  const walled = {
    monotonicMs: () => clock.monotonicMs(),
    sleep: clock.sleep.bind(clock),
    setTimer: clock.setTimer.bind(clock),
    epochMs: () => now,
  };
  let [current, reads] = ['whsec_before000', 0];
  const one = { rotates: true, read: () => Promise.resolve(((reads += 1), current)) };
  const webhook = new WebhookSecrets([one], signatureVerifier(), walled);
  const body = Buffer.from('{}');
  const verify = (secret: string): Promise<string> => webhook.verify(body, signed(secret, '{}'));
  assert.equal(await verify('whsec_before000'), 'right');
  current = 'whsec_after0000';
  assert.equal(await verify('whsec_after0000'), 'wrong', 'read a moment ago');
  await clock.advance(61_000);
  assert.equal(await verify('whsec_after0000'), 'right');
  for (let n = 0; n < 20; n += 1) assert.equal(await verify('whsec_nobody000'), 'wrong');
  assert.equal(reads, 2, 'a flood of bad signatures reads nothing');
});
