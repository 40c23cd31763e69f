/** The API key at the start of the local server: it is checked, and shown by its last four characters. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { freePort } from '../emulator/ports.ts';
import { runCommand } from './command.ts';
import { running, type Running } from './framework.ts';

const VALID = 'sk_test_validKeyOfThisTest7788';
let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ catalogFolder: 'shared/catalog', keys: [VALID] });
});
after(() => sandbox.close());

async function startWith(env: Record<string, string>): Promise<Running> {
  const port = await freePort();
  const child = spawn(process.execPath, ['build/local/start.cjs'], {
    env: { PATH: process.env['PATH'], PORT: String(port), ...env },
  });
  return running(child, port, 'try it:');
}

/** The line comes after the start if Stripe is slow. */
async function keyLineOf(server: Running): Promise<string> {
  for (let tries = 0; tries < 1500; tries += 1) {
    const [line] = /^key: .*$/m.exec(server.output()) ?? [];
    if (line !== undefined) return line;
    await pause(20);
  }
  throw new Error(`no line about the key: ${server.output()}`);
}

const KEYS: readonly (readonly [sentence: string, key: string, base: 'sandbox' | 'nothing', line: RegExp])[] = [
  ['a key that Stripe accepts', VALID, 'sandbox', /^key: \.\.\.7788 \(test key\), accepted by Stripe$/],
  [
    'a key that Stripe rejects',
    'sk_test_anotherKeyOfThisTest9911',
    'sandbox',
    /^key: \.\.\.9911 \(test key\), REJECTED by Stripe: set STRIPE_API_KEY, /,
  ],
  [
    'a key without Stripe',
    VALID,
    'nothing',
    /^key: \.\.\.7788 \(test key\), not checked: Stripe cannot be reached; nothing was sent: check the connection/,
  ],
];
for (const [sentence, key, base, line] of KEYS)
  test(`${sentence} has one line at the start and one in the status`, async () => {
    const server = await startWith({
      STRIPE_API_KEY: key,
      STRIPE_API_BASE: base === 'sandbox' ? sandbox.url : 'http://127.0.0.1:9',
    });
    try {
      assert.match(await keyLineOf(server), line);
      const { stdout, stderr, status } = await runCommand(['status'], { PORT: new URL(server.url).port });
      assert.equal(status, 0, stderr);
      assert.match(/^key: .*$/m.exec(stdout)?.[0] ?? '', line);
      const all = server.output() + stdout + stderr;
      assert.doesNotMatch(all, new RegExp(key.slice(8)));
      assert.match(all, /^events: rejected, because events_topic is not set$/m);
    } finally {
      await server.stop();
    }
  });

// A restricted key that may not read what the check reads. https://docs.stripe.com/keys/restricted-api-keys
test('a key that may not read what the check reads is accepted', async () => {
  const key = 'rk_test_restrictedKeyOfThisTest5544';
  const fault = { kind: 'forbidden', method: 'GET', share: 1 };
  const faults = `${sandbox.url}/_sandbox/faults`;
  await fetch(faults, { method: 'POST', body: JSON.stringify(fault) });
  const server = await startWith({ STRIPE_API_KEY: key, STRIPE_API_BASE: sandbox.url });
  try {
    assert.equal(await keyLineOf(server), 'key: ...5544 (test key), accepted by Stripe');
    const { stdout } = await runCommand(['status'], { PORT: new URL(server.url).port });
    assert.match(stdout, /^key: \.\.\.5544 \(test key\), accepted by Stripe$/m);
  } finally {
    await server.stop();
    await fetch(faults, { method: 'DELETE' });
  }
});

test('an empty key ends the start with what to do', () => {
  for (const key of ['', '  ']) {
    const { status, stderr } = spawnSync(process.execPath, ['build/local/start.cjs'], {
      env: { PATH: process.env['PATH'], PORT: '0', STRIPE_API_KEY: key },
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, /^error: STRIPE_API_KEY is set and empty; .* or unset it to use the sandbox\n$/);
  }
});
