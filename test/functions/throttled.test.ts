/** Built functions that Stripe or the platform slows or ends: what the caller and the log are told. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../sandbox/server.ts';
import { errorOf, NODES, post, startFunction } from './framework.ts';

let sandbox: Sandbox;
before(async () => void (sandbox = await startSandbox({ seed: 9 })));
after(() => sandbox.close());
beforeEach(() => sandbox.faults.clear());

const environment = (settings: object = {}): Record<string, string> => ({
  STRIPE_API_KEY: SANDBOX_KEY,
  STRIPE_API_BASE: sandbox.url,
  CONNECTION_SETTINGS: JSON.stringify({ verbosity: '2', ...settings }),
});

test("Stripe's 429 is told in the answer, done or failed, and in the log", async () => {
  const one = await startFunction({ name: 'customer-list', env: environment() });
  try {
    sandbox.faults.add({ kind: 'rate_limit', times: 1 });
    const served = await post(one.url, {});
    assert.equal(served.status, 200);
    assert.equal(served.headers.get('throttled-by'), 'stripe_rate_limit; pace=1/2');
    const later = await post(one.url, {});
    assert.equal(later.headers.get('throttled-by'), 'stripe_rate_limit; pace=1/2', 'the pace is still reduced');
    sandbox.faults.add({ kind: 'rate_limit', times: 10 });
    const failed = await post(one.url, {});
    assert.equal(failed.status, 429);
    assert.match(failed.headers.get('throttled-by') ?? '', /stripe_rate_limit; pace=1\/4/);
    assert.equal(errorOf(failed).status, 'RESOURCE_EXHAUSTED');
    assert.match(one.output(), /"severity":"WARNING","message":"the connection goes slower: Stripe said 429"/);
  } finally {
    await one.stop();
  }
});

test('lock_timeout is told, and holds back only its object', async () => {
  const one = await startFunction({ name: 'customer-delete', env: environment() });
  try {
    sandbox.faults.add({ kind: 'lock_timeout', times: 10, path: '/v1/customers/cus_locked' });
    const [locked, other] = await Promise.all([
      post(one.url, { entityId: 'cus_locked' }),
      post(one.url, { entityId: 'cus_other' }),
    ]);
    assert.equal(locked.status, 429);
    assert.equal(errorOf(locked).details[0]?.reason, 'LOCK_TIMEOUT');
    assert.equal(locked.headers.get('throttled-by'), 'lock_timeout');
    assert.equal(other.status, 404);
    assert.equal(other.headers.get('throttled-by'), null);
    assert.match(one.output(), /"message":"an object is held back: Stripe said lock_timeout"/);
  } finally {
    await one.stop();
  }
});

for (const node of NODES) {
  test(`SIGTERM: every call under way is answered, none is taken any more (${node.name})`, async () => {
    const one = await startFunction({ name: 'customer-list', node: node.path, env: environment() });
    await post(one.url, {});
    sandbox.faults.add({ kind: 'delay', ms: 1500 });
    const arrived = sandbox.requests.length;
    const calls = [1, 2, 3].map(() => post(one.url, {}));
    while (sandbox.requests.length < arrived + 3) await new Promise((resolve) => setTimeout(resolve, 10));
    process.kill(one.pid, 'SIGTERM');
    assert.deepEqual(
      (await Promise.all(calls)).map(({ status }) => status),
      [200, 200, 200],
    );
    await one.ended;
    await assert.rejects(post(one.url, {}));
  });
}
