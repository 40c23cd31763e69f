/** What the console reads and commands on the function `connection`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { managementFunction } from '../../shared/management/function.ts';
import { RequestRates } from '../../shared/stripe/activity/request-rates.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { serve } from '../support/in-process.ts';
import { testConnector, type TestOptions } from '../support/connector.ts';

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Console {
  readonly connector: ReturnType<typeof testConnector>;
  readonly get: (path: string) => Promise<Reply>;
  readonly post: (path: string, body?: unknown) => Promise<Reply>;
}

/** Runs a test against the function `connection`. */
async function withConsole(
  options: Partial<TestOptions>,
  run: (console: Console) => Promise<void>,
  changed: object = {},
): Promise<void> {
  const stripe = fakeStripe(() => ({ id: 'cus_1', object: 'customer' }));
  const connector = testConnector({ clock: systemClock, stripe, ...options });
  const server = await serve(managementFunction(() => ({ ...connector, ...changed, explorerPage: () => '' }), []));
  const reply = async (response: Response): Promise<Reply> => ({
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
  });
  try {
    await run({
      connector,
      get: async (path) => reply(await fetch(`${server.url}${path}`)),
      post: async (path, body = {}) =>
        reply(
          await fetch(`${server.url}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        ),
    });
  } finally {
    await server.close();
  }
}

const create = { entity: 'Customer', connectorInputPayload: { Email: 'a@b.co' }, operationId: 'first-1' };

test('operations of this instance are listed with their calls, the last first', () =>
  withConsole({}, async ({ get, post }) => {
    assert.equal((await post('/run/create-entity', create)).status, 200);
    assert.equal((await post('/run/create-entity', { ...create, operationId: 'second-2' })).status, 200);
    const { operations } = (await get('/console/operations')).body as {
      operations: { operationId: string; state: string; call: string | null }[];
    };
    assert.deepEqual(
      operations.map(({ operationId, state }) => [operationId, state]),
      [
        ['second-2', 'succeeded'],
        ['first-1', 'succeeded'],
      ],
    );
  }));

test('the limiter view has the ceilings, the seconds by class and the totals of the day', () =>
  withConsole({}, async ({ get, post }) => {
    await post('/run/create-entity', create);
    const { body } = await get('/console/limiter');
    assert.equal(body['suspended'], null);
    assert.equal((body['limits'] as { accountCeiling: number }).accountCeiling, 100);
    const seconds = body['seconds'] as { sent: Record<string, number> }[];
    assert.equal(
      seconds.reduce((sum, { sent }) => sum + (sent['interactive'] ?? 0), 0),
      1,
    );
    assert.equal((body['today'] as { sent: number }).sent, 1);
  }));

test('an operator suspends and resumes, unless the settings suspend', async () => {
  await withConsole({}, async ({ get, post, connector }) => {
    const suspended = async (): Promise<unknown> => (await get('/console/limiter')).body['suspended'];
    assert.equal(await suspended(), null);
    assert.equal((await post('/console/suspend')).body['state'], 'suspended');
    assert.equal(await suspended(), 'operator');
    assert.equal((await post('/run/create-entity', create)).status, 400);
    assert.equal((await post('/console/resume')).body['state'], 'active');
    assert.equal(await suspended(), null);
    // The log names who did what, as for the command.
    const lines = connector.logged.filter(({ message }) => message === 'admin');
    assert.deepEqual(
      lines.map(({ facts }) => facts),
      [
        { method: 'connection.suspend', caller: 'console' },
        { method: 'connection.resume', caller: 'console' },
      ],
    );
  });
  await withConsole({ settings: { suspended: true } }, async ({ get, post }) => {
    assert.equal((await get('/console/limiter')).body['suspended'], 'settings');
    assert.equal((await post('/console/resume')).status, 400);
  });
});

test('publishing is paused with a reason and resumed', () =>
  withConsole({}, async ({ connector, post }) => {
    await post('/console/publishing/pause', { reason: 'subscriber is broken' });
    const paused = await connector.inbox.publishing();
    assert.deepEqual([paused.paused, paused.reason], [true, 'subscriber is broken']);
    await post('/console/publishing/resume');
    assert.equal((await connector.inbox.publishing()).paused, false);
  }));

test('settings in force have their defaults and no secret', () =>
  withConsole({ webhookSecrets: ['whsec_hidden'] }, async ({ get }) => {
    const { body } = await get('/console/settings');
    assert.equal((body['settings'] as Record<string, unknown>)['scan_limit'], 10_000);
    const { scan_limit: meaning } = body['meanings'] as Record<string, { description: string; default: unknown }>;
    assert.equal(meaning?.default, 10_000);
    assert.match(meaning.description, /rows/);
    assert.doesNotMatch(JSON.stringify(body), /whsec_hidden|sk_test/);
  }));

test('lists that are filtered by an entity are found', () =>
  withConsole({}, async ({ get }) => {
    const { referrers } = (await get('/console/references/Customer')).body as {
      referrers: { entity: string; column: { name: string; filter: string } }[];
    };
    const names = referrers.map(({ entity, column }) => `${entity}.${column.name}`);
    assert.ok(names.includes('Subscription.Customer'), names.join(', '));
    assert.ok(referrers.every(({ column }) => column.filter === 'stripe'));
  }));

const letter = {
  id: 'a'.repeat(32),
  operationId: 'letter-1',
  atMs: 1_700_000_000_000,
  reason: 'INVALID_INPUT',
  message: 'Emial: is not an input of Customer',
  fingerprint: 'f',
  keyVersion: 0,
  original: {
    data: JSON.stringify({ entity: 'Customer', operation: 'Create', payload: { Email: 'a@b.co' } }),
    attributes: {},
    orderingKey: '',
  },
  replayedMs: 0,
};

test('a dead letter is listed with its message, redacted, and published again', () =>
  withConsole({}, async ({ connector, get, post }) => {
    await connector.deadLetters.put(letter, 1000);
    const { deadLetters } = (await get('/console/dead-letters')).body as { deadLetters: Record<string, unknown>[] };
    assert.equal(deadLetters[0]?.['replayable'], true);
    // Its personal data is redacted, as in the log.
    assert.match(JSON.stringify(deadLetters[0]['data']), /"operation":"Create".*\[redacted\]/);
    assert.deepEqual((await post(`/console/dead-letters/${letter.id}/replay`)).body, {
      result: 'published again under letter-1',
    });
    assert.equal(connector.published.length, 1);
    assert.equal((await post(`/console/dead-letters/${'b'.repeat(32)}/replay`)).status, 404);
  }));

test('commands require the access level writes, reads do not', () =>
  withConsole({ settings: { expose: 'reads' } }, async ({ get, post }) => {
    assert.equal((await get('/console/operations')).status, 200);
    for (const path of ['suspend', 'burst', 'publishing/pause', 'operations/first-1/resolve'])
      assert.equal((await post(`/console/${path}`)).status, 403, path);
    assert.equal((await get('/console/limiter')).body['suspended'], null);
  }));

test('a command needs a JSON object, and an unknown one is not found', () =>
  withConsole({}, async ({ get, post }) => {
    assert.equal((await post('/console/suspend', ['x'])).status, 400);
    assert.equal((await post('/console/nothing')).status, 404);
    assert.equal((await post('/console/operations/first-1/resolve', { effect: 'maybe' })).status, 400);
    assert.equal((await get('/console/limiter')).body['suspended'], null);
  }));

test('a burst is only sent to a sandbox, and rejects what is over the limit', async () => {
  await withConsole({}, async ({ post }) => assert.equal((await post('/console/burst')).status, 400));
  await withConsole(
    { settings: { max_wait_ms: 0, min_nodes: 1, max_nodes: 1 } },
    async ({ post }) => {
      const { body } = await post('/console/burst', { calls: 30 });
      assert.equal(Number(body['passed']) + Number(body['rejected']), 30);
      assert.ok(Number(body['rejected']) > 0, JSON.stringify(body));
      assert.equal((await post('/console/burst', { calls: 1000 })).status, 400);
    },
    { stripeBase: 'http://127.0.0.1:9' },
  );
});

test('rates count by second and class, and start again each day', () => {
  const rates = new RequestRates();
  const entry = { atMs: 10_500, durationMs: 400, outcome: 'ok', priority: 'read', waitedMs: 5 } as const;
  rates.add(entry);
  rates.add({ ...entry, priority: 'bulk', waitedMs: 90 });
  rates.add({ ...entry, outcome: 'RATE_LIMITED' });
  rates.add({ ...entry, atMs: 11_500, outcome: 'rate_limit' });
  assert.deepEqual(rates.since(0), [
    { at: 10, sent: { interactive: 0, read: 1, bulk: 1 }, rejected: 1, throttled: 0, waitedMs: 90 },
    { at: 11, sent: { interactive: 0, read: 1, bulk: 0 }, rejected: 0, throttled: 1, waitedMs: 5 },
  ]);
  assert.deepEqual(rates.totalsOfDay(11_500), { day: 0, sent: 3, failed: 1, rejected: 1 });
  assert.equal(rates.totalsOfDay(86_400_000).sent, 0);
});
