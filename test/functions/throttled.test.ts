/** Built functions that Stripe throttles or the platform ends: the response and the log. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { errorOf, nodesOfFile, post, startFunction } from './framework.ts';

let sandbox: Sandbox;
before(async () => void (sandbox = await startSandbox({ seed: 9 })));
after(() => sandbox.close());
beforeEach(() => sandbox.faults.clear());

const environment = (settings: object = {}): Record<string, string> => ({
  STRIPE_API_KEY: SANDBOX_KEY,
  STRIPE_API_BASE: sandbox.url,
  CONNECTION_SETTINGS: JSON.stringify({ verbosity: '2', ...settings }),
});

test("the response, successful or not, and the log report Stripe's 429", async () => {
  const one = await startFunction({ name: 'customer-list', env: environment() });
  try {
    sandbox.faults.add({ kind: 'rate_limit', times: 1 });
    const served = await post(one.url, {});
    assert.equal(served.status, 200);
    assert.equal(served.headers.get('throttled-by'), 'stripe_rate_limit; rate=0.5');
    const later = await post(one.url, {});
    assert.equal(later.headers.get('throttled-by'), 'stripe_rate_limit; rate=0.5', 'the pace is still reduced');
    sandbox.faults.add({ kind: 'rate_limit', times: 10 });
    const failed = await post(one.url, {});
    assert.equal(failed.status, 429);
    assert.match(failed.headers.get('throttled-by') ?? '', /stripe_rate_limit; rate=0.25/);
    assert.equal(errorOf(failed).status, 'RESOURCE_EXHAUSTED');
    assert.match(one.output(), /"severity":"WARNING",.*"message":"throttled by Stripe \(429\)"/);
  } finally {
    await one.stop();
  }
});

test('lock_timeout is reported and holds back only its object', async () => {
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
    assert.match(one.output(), /"message":"object locked by Stripe \(lock_timeout\)"/);
  } finally {
    await one.stop();
  }
});

/** No limit worth the name: what is tested is the end, not the wait for a turn. */
const UNLIMITED = { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000 };

for (const node of nodesOfFile(1)) {
  test(`SIGTERM with 80 calls in flight of up to 8 s: each gets its own response, new ones 503 (${node.name})`, async () => {
    const one = await startFunction({ name: 'customer-get', node: node.path, env: environment(UNLIMITED) });
    const ids = Array.from({ length: 80 }, (_, index) => `cus_${String(index).padStart(2, '0')}x`);
    assert.equal((await post(one.url, { entityId: 'cus_warm' })).status, 404);
    const arrived = sandbox.requests.length;
    // From four seconds to eight: the platform gives ten.
    for (const [index, id] of ids.entries())
      sandbox.faults.add({ kind: 'delay', ms: 4000 + 50 * index, path: `/v1/customers/${id}` });
    const calls = ids.map((entityId) => post(one.url, { entityId }));
    while (sandbox.requests.length < arrived + 80) await new Promise((resolve) => setTimeout(resolve, 10));
    process.kill(one.pid, 'SIGTERM');
    // The signal takes a moment to arrive. After that every call is rejected.
    let late = await post(one.url, { entityId: 'no id' });
    while (late.status !== 503) late = await post(one.url, { entityId: 'no id' });
    assert.equal(errorOf(late).details[0]?.reason, 'INSTANCE_SHUTTING_DOWN');
    assert.equal(late.headers.get('retry-after'), '1');
    const answers = await Promise.all(calls);
    answers.forEach((answer, index) => {
      assert.equal(answer.status, 404);
      assert.match(errorOf(answer).message, new RegExp(`'${ids[index]}'`));
    });
    await one.ended;
    await assert.rejects(post(one.url, {}));
  });
}

/** Loaded with the function: on a signal it throws an uncaught error or rejects an unhandled promise. */
const STRAY = `data:text/javascript,${encodeURIComponent(`
  process.on('SIGUSR2', () => { throw new Error('stray of sk_test_4eC39HqLyjWDarjtT1zdp7dc'); });
  process.on('SIGWINCH', () => void Promise.reject(new Error('stray of sk_test_4eC39HqLyjWDarjtT1zdp7dc')));
`)}`;

for (const [what, signal] of [
  ['thrown', 'SIGUSR2'],
  ['of a promise', 'SIGWINCH'],
] as const) {
  test(`an uncaught error, ${what}: the call in flight gets its own response, the error is logged, the instance exits`, async () => {
    const one = await startFunction({
      name: 'customer-get',
      env: { ...environment(UNLIMITED), NODE_OPTIONS: `--import=${STRAY}` },
    });
    assert.equal((await post(one.url, { entityId: 'cus_warm' })).status, 404);
    const arrived = sandbox.requests.length;
    sandbox.faults.add({ kind: 'delay', ms: 1500, path: '/v1/customers/cus_slow' });
    const call = post(one.url, { entityId: 'cus_slow' });
    while (sandbox.requests.length === arrived) await new Promise((resolve) => setTimeout(resolve, 10));
    process.kill(one.pid, signal);
    let late = await post(one.url, { entityId: 'no id' });
    while (late.status !== 503) late = await post(one.url, { entityId: 'no id' });
    assert.equal(errorOf(late).details[0]?.reason, 'INSTANCE_SHUTTING_DOWN');
    const answer = await call;
    assert.equal(answer.status, 404);
    assert.match(errorOf(answer).message, /'cus_slow'/);
    assert.equal(await one.ended, 1);
    assert.match(one.output(), /"severity":"ERROR".*stray of sk_test_\[redacted\].*"message":"internal error"/);
    assert.doesNotMatch(one.output(), /4eC39HqLyjWDarjtT1zdp7dc/);
  });
}
