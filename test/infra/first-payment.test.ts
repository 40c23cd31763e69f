/** The bodies of infra/README.md's first payment, as they stand there, at the built functions and the sandbox. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { post, startFunction } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox } from '../../shared/sandbox/server.ts';

void test('the bodies of the first payment create and confirm it', async () => {
  const bodies = [...readFileSync('infra/README.md', 'utf8').matchAll(/-d '(\{.*\})'/g)].map(([, body = '']) => body);
  assert.equal(bodies.length, 2);
  const sandbox = await startSandbox({ seed: 131 });
  const env = { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url };
  const [create, confirm] = await Promise.all([
    startFunction({ name: 'create-entity', env }),
    startFunction({ name: 'confirm-payment-intent', env }),
  ]);
  try {
    const made = await post(create.url, JSON.parse(bodies[0] ?? ''));
    assert.equal(made.status, 200, made.text);
    const { Id } = made.body['connectorOutputPayload'] as { Id: string };
    const confirmed = await post(confirm.url, JSON.parse((bodies[1] ?? '').replace('pi_...', Id)));
    assert.equal(confirmed.status, 200, confirmed.text);
    const [row] = confirmed.body['connectorOutputPayload'] as { status: string }[];
    assert.equal(row?.status, 'succeeded');
  } finally {
    await Promise.all([create.stop(), confirm.stop(), sandbox.close()]);
  }
});
