/** Closed and open, as the built functions and the built local server are started. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { freePort } from '../emulator/ports.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { errorOf, post, running, startFunction, type Answered, type Running } from './framework.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ port: 0, catalogFolder: 'shared/catalog' });
});
after(() => sandbox.close());

const writes = (): unknown[] => sandbox.requests.filter(({ method }) => method !== 'GET');
const reasonOf = (answer: Answered): unknown => errorOf(answer).details[0]?.reason;

const MESSAGE = {
  message: {
    messageId: 'closed-1',
    attributes: { operation: 'Create', entity: 'Customer', connectorInputPayload: '{"Name":"a"}' },
  },
};
const TOOL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'customer_create', arguments: {} } };
const ACCEPT = { accept: 'application/json, text/event-stream' };
const CREATE = { entity: 'Customer', connectorInputPayload: { Name: 'a' } };
const PAY = { action: 'PayInvoice', connectorInputPayload: { InvoiceId: 'in_1' } };

/** A function, a write request, and the reason of the rejection. */
const CLOSED: readonly (readonly [name: string, path: string, body: object, refused: RegExp])[] = [
  ['automation', '/', MESSAGE, /dead_letter_topic is required for automation/],
  ['connection', '/run/create-entity', CREATE, /the setting expose is reads and does not permit writes/],
  ['tools', '/', TOOL, /tools_allowlist does not name it/],
  ['execute-action', '/', PAY, /this function serves no action/],
];

for (const [name, path, body, refused] of CLOSED)
  test(`${name} under the plain framework, outside the cloud, rejects calls`, async () => {
    const env = { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url };
    const one = await startFunction({ name, env });
    try {
      const answer = await post(`${one.url}${path}`, body, ACCEPT);
      assert.match(answer.text, refused);
      assert.deepEqual(writes(), []);
      if (name === 'connection') {
        const page = await fetch(one.url);
        assert.equal(page.status, 403, await page.text());
      }
    } finally {
      await one.stop();
    }
  });

test('automation with a dead-letter topic and no allowlist only reads', async () => {
  const settings = { dead_letter_topic: 'projects/p/topics/dead' };
  const env = {
    STRIPE_API_KEY: SANDBOX_KEY,
    STRIPE_API_BASE: sandbox.url,
    CONNECTION_SETTINGS: JSON.stringify(settings),
  };
  const one = await startFunction({ name: 'automation', env });
  try {
    const answer = await post(one.url, MESSAGE);
    assert.match(answer.text, /automation_allowlist does not permit Customer\.Create/);
    assert.deepEqual(writes(), []);
  } finally {
    await one.stop();
  }
});

/** The local server with the settings of a cloud, and what it serves then. */
async function local(more: Record<string, string>, options: string[]): Promise<Running> {
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    STRIPE_API_KEY: SANDBOX_KEY,
    STRIPE_API_BASE: sandbox.url,
    ...more,
  };
  return running(spawn(process.execPath, ['build/local/start.cjs', ...options], { env }), port, 'try it:');
}

const SECRET = { CONNECTION_SETTINGS: '{"api_key":"projects/p/secrets/s/versions/1"}' };

test('a secret as api_key closes the local server, and the log says so', async () => {
  const server = await local(SECRET, []);
  try {
    assert.match(server.output(), /^closed as in the cloud: .*the settings set api_key/m);
    assert.equal(reasonOf(await post(`${server.url}/run/create-entity`, CREATE)), 'NOT_EXPOSED');
    assert.equal(reasonOf(await post(`${server.url}/execute-action`, PAY)), 'ACTION_NOT_SERVED');
    assert.match((await post(`${server.url}/tools`, TOOL, ACCEPT)).text, /tools_allowlist does not name it/);
    assert.match((await post(`${server.url}/automation`, MESSAGE)).text, /dead_letter_topic/);
    assert.equal((await fetch(server.url)).status, 403);
    assert.deepEqual(writes(), []);
    // What is named is served as ever.
    assert.equal((await post(`${server.url}/create-entity`, CREATE)).status, 200);
    sandbox.requests.length = 0;
  } finally {
    await server.stop();
  }
});

test('--open opens it for a test key', async () => {
  const server = await local(SECRET, ['--open']);
  try {
    assert.match(server.output(), /^open: .*--open, a test key and loopback$/m);
    assert.equal((await post(`${server.url}/run/create-entity`, CREATE)).status, 200);
    assert.equal((await fetch(server.url)).status, 200);
  } finally {
    await server.stop();
  }
});
