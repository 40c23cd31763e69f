/** A built function with its key in Secret Manager: the lazily loaded client, a rotation, accounts, rows that fail. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { startSecretManager, type SecretManagerDouble } from '../support/fake-secret-manager.ts';
import { errorOf, nodesOfFile, post, startFunction } from './framework.ts';

let sandbox: Sandbox;
let manager: SecretManagerDouble;
let key = 'sk_test_first00000000';

before(async () => {
  sandbox = await startSandbox({ seed: 5, keys: [key] });
  manager = await startSecretManager(() => key);
});
after(async () => {
  manager.close();
  await sandbox.close();
});

const environment = (more: object = {}): Record<string, string> => ({
  STRIPE_API_BASE: sandbox.url,
  SECRET_MANAGER_EMULATOR_HOST: manager.host,
  CONNECTION_SETTINGS: JSON.stringify({
    api_key: 'projects/p/secrets/stripe/versions/latest',
    allowed_accounts: ['acct_2'],
    ...more,
  }),
});

for (const node of nodesOfFile(1)) {
  test(`one read of the secret serves every call, and a rotation fails no call (${node.name})`, async () => {
    key = 'sk_test_first00000000';
    sandbox.setKeys([key]);
    manager.forget();
    const running = await startFunction({ name: 'customer-list', node: node.path, env: environment() });
    try {
      const first = await Promise.all(Array.from({ length: 4 }, () => post(running.url, {})));
      assert.deepEqual(
        first.map(({ status }) => status),
        [200, 200, 200, 200],
      );
      assert.equal(manager.reads(), 1);
      key = 'sk_test_second0000000';
      sandbox.setKeys([key]);
      const rotated = await Promise.all(Array.from({ length: 4 }, () => post(running.url, {})));
      assert.deepEqual(
        rotated.map(({ status }) => status),
        [200, 200, 200, 200],
      );
      assert.equal(manager.reads(), 2);
      sandbox.setKeys(['sk_test_nobodyhas0000']);
      const rejected = await post(running.url, {});
      assert.equal(errorOf(rejected).details[0]?.reason, 'API_KEY_REJECTED');
      assert.doesNotMatch(rejected.text + running.output(), /sk_test_(first|second)/);
    } finally {
      await running.stop();
    }
  });
}

test('a call may name an account that the settings allow', async () => {
  sandbox.setKeys(undefined);
  const running = await startFunction({ name: 'list-entities', env: environment({ account_id: 'acct_1' }) });
  try {
    sandbox.requests.length = 0;
    await post(running.url, { entity: 'Customer' });
    await post(running.url, { entity: 'Customer', accountId: 'acct_2' });
    assert.deepEqual(
      sandbox.requests.map(({ account }) => account),
      ['acct_1', 'acct_2'],
    );
    assert.equal((await post(running.url, { entity: 'Customer', accountId: 'acct_3' })).status, 403);
  } finally {
    await running.stop();
  }
});

test('an Update by clause returns 207 if a row fails, and names the row', async () => {
  const running = await startFunction({ name: 'update-entity', env: environment() });
  try {
    const create = (email: string): Promise<Response> =>
      fetch(`${sandbox.url}/v1/customers`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_first00000000' },
        body: new URLSearchParams({ email }),
      });
    for (let i = 0; i < 3; i += 1) assert.equal((await create('rows@example.com')).status, 200);
    sandbox.faults.add({ kind: 'forbidden', times: 1, method: 'POST', path: '/v1/customers/' });
    sandbox.requests.length = 0;
    const answer = await post(running.url, {
      entity: 'Customer',
      filterClause: "Email = 'rows@example.com'",
      operationId: 'sweep-1',
      connectorInputPayload: { Name: 'Row' },
    });
    assert.equal(answer.status, 207, answer.text);
    const { affected, failed, rows } = answer.body['connectorOutputPayload'] as {
      affected: number;
      failed: number;
      rows: { Id: string; Success: boolean; effect: string; error?: { status: string } }[];
    };
    assert.deepEqual([affected, failed, rows.length], [2, 1, 3]);
    const bad = rows.find((row) => !row.Success);
    assert.deepEqual([bad?.effect, bad?.error?.status], ['none', 'PERMISSION_DENIED']);
    const keys = sandbox.requests.filter(({ method }) => method === 'POST').map(({ idempotencyKey }) => idempotencyKey);
    assert.deepEqual(keys.sort(), rows.map(({ Id }) => `sweep-1:${Id}~row0`).sort());
  } finally {
    await running.stop();
  }
});

test('verbosity 2 writes one JSON line per transaction without secrets', async () => {
  sandbox.setKeys(undefined);
  const running = await startFunction({ name: 'customer-list', env: environment({ verbosity: '2' }) });
  try {
    await post(running.url, { filterClause: "Email = 'jane@example.com'" });
    const lines = running
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{') && !line.includes('"compile cache"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(lines.length, 1);
    assert.deepEqual(
      [lines[0]?.['severity'], lines[0]?.['call'], lines[0]?.['outcome']],
      ['INFO', 'Customer.List', 'ok'],
    );
    assert.doesNotMatch(running.output(), /sk_test_|jane@example\.com/);
  } finally {
    await running.stop();
  }
});
