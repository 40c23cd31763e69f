/** `npm start`: the sandbox in the process of the local server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../emulator/ports.ts';
import { post, running, type Running } from './framework.ts';

async function startWith(...options: string[]): Promise<Running> {
  const port = await freePort();
  const env = { PATH: process.env['PATH'], PORT: String(port) };
  return running(spawn(process.execPath, ['build/local/start.cjs', ...options], { env }), port, 'try it:');
}

test('--data keeps the sandbox in a file: the next start has its objects', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
  const data = path.join(folder, 'shop.json');
  try {
    const first = await startWith('--data', data);
    assert.match(first.output(), /its data is kept in .*shop\.json/);
    const made = await post(`${first.url}/create-entity`, {
      entity: 'Customer',
      connectorInputPayload: { Email: 'kept@example.com' },
    });
    assert.equal(made.status, 200, made.text);
    // The end of the server writes the file.
    process.kill(first.pid, 'SIGTERM');
    assert.equal(await first.ended, 0);
    const second = await startWith('--data', data);
    const listed = await post(`${second.url}/list-entities`, {
      entity: 'Customer',
      filterClause: "Email = 'kept@example.com'",
    });
    await second.stop();
    assert.equal((listed.body['connectorOutputPayload'] as unknown[]).length, 1, listed.text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a webhook endpoint of the sandbox that names this server delivers to it at once', async () => {
  const server = await startWith();
  try {
    await deliverTo(server);
  } finally {
    await server.stop();
  }
});

async function deliverTo(server: Running): Promise<void> {
  const made = await post(`${server.url}/create-entity`, {
    entity: 'WebhookEndpoint',
    connectorInputPayload: { Url: `${server.url}/stripe-events`, EnabledEvents: ['product.created'] },
  });
  assert.equal(made.status, 200, made.text);
  await post(`${server.url}/create-entity`, { entity: 'Product', connectorInputPayload: { Name: 'Mug' } });
  const arrived = async (): Promise<unknown[]> =>
    ((await (await fetch(`${server.url}/events?type=product.created`)).json()) as { events: unknown[] }).events;
  // The sandbox delivers after its response.
  for (let tries = 0; tries < 500 && (await arrived()).length === 0; tries += 1) await pause(20);
  assert.equal((await arrived()).length, 1);
  const forged = await fetch(`${server.url}/stripe-events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`,
    },
    body: '{"id":"evt_1","object":"event","type":"product.created"}',
  });
  assert.equal(forged.status, 400);
}
