/** What an operator asks of a connection: its settings file, all that it names, and to hold it back. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { runCommand, type Ran } from '../functions/command.ts';
import { errorOf, post, startFunction, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { freePort } from './ports.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'connection-'));
const fileOf = (document: unknown): string => {
  const file = path.join(folder, 'settings.json');
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  return file;
};
const SETTINGS = { name: 'shop', region: 'europe-west1', min_nodes: 10 };
after(() => rmSync(folder, { recursive: true }));

test('check: a file without problems, and a file with several, each with its path', async () => {
  const good = await runCommand(['check', fileOf(SETTINGS)], {});
  assert.deepEqual([good.status, good.stdout.trim().endsWith('no problems')], [0, true]);
  const bad = { ...SETTINGS, name: 'Shop', max_nodes: 5, colour: 'blue', proxy_server: { host: 'p', port: 0 } };
  const { status, stdout } = await runCommand(['check', fileOf(bad)], {});
  assert.equal(status, 1);
  for (const line of [
    /4 problems|3 problems/,
    / {2}name: lowercase letters/,
    / {2}proxy_server\.port: /,
    / {2}colour: is not a setting/,
  ])
    assert.match(stdout, line);
  const together = await runCommand(['check', fileOf({ ...SETTINGS, max_nodes: 5 })], {});
  assert.match(together.stdout, / {2}min_nodes: must be at most max_nodes \(5\)/);
  assert.match((await runCommand(['check', fileOf('{')], {})).stdout, /is not valid JSON/);
  assert.match((await runCommand(['check', path.join(folder, 'nowhere')], {})).stdout, /cannot be read/);
});

if (emulatorIsHere()) {
  let firestore: Emulator;
  let sandbox: Sandbox;
  let env: Record<string, string>;
  let running: Running;
  before(async () => {
    firestore = await startFirestore();
    sandbox = await startSandbox({ seed: 99 });
    env = { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url, FIRESTORE_EMULATOR_HOST: firestore.host };
    running = await startFunction({
      name: 'customer-list',
      env: { ...env, CONNECTION_SETTINGS: JSON.stringify(SETTINGS) },
    });
  });
  after(async () => {
    await running.stop();
    await sandbox.close();
    await firestore.stop();
  });
  beforeEach(() => sandbox.faults.clear());
  const run = (...args: string[]): Promise<Ran> =>
    runCommand(args, { ...env, CONNECTION_SETTINGS: JSON.stringify(SETTINGS) });
  const live = (more: Record<string, string> = {}, settings: object = SETTINGS): Promise<Ran> =>
    runCommand(['check', fileOf(settings), '--live'], { ...env, ...more });

  test('check --live checks secret, Firestore, Stripe, key and permissions and changes nothing', async () => {
    const { status, stdout } = await live();
    assert.equal(status, 0, stdout);
    const lines = stdout.trim().split('\n');
    assert.ok(lines.length >= 16 && lines.every((line) => line.startsWith('passed')), stdout);
    assert.equal(sandbox.effects.length, 0);
  });

  test('check --live reports what fails and what to do', async () => {
    sandbox.faults.add({ kind: 'forbidden', path: '/v1/quotes' });
    const forbidden = await live();
    assert.equal(forbidden.status, 1);
    assert.match(forbidden.stdout, /FAILED {2}key may read quotes: grant the restricted key this permission/);
    assert.match(forbidden.stdout, /FAILED {2}key may write quotes/);
    assert.match(forbidden.stdout, /passed {2}key may write invoices/);
    sandbox.faults.clear();
    sandbox.faults.add({ kind: 'unauthorized' });
    assert.match((await live()).stdout, /FAILED {2}Stripe accepts the key: .*Check a new version of the secret/);
    sandbox.faults.clear();
    const away = await freePort();
    assert.match((await live({ STRIPE_API_BASE: `http://127.0.0.1:${away}` })).stdout, /FAILED {2}Stripe responds/);
    // An invalid key is reported before any request.
    assert.match(
      (await live({ STRIPE_API_KEY: 'nonsense' })).stderr,
      /STRIPE_API_KEY must be a Stripe secret or restricted key/,
    );
    assert.match((await live({ FIRESTORE_EMULATOR_HOST: `127.0.0.1:${away}` })).stdout, /FAILED {2}Firestore responds/);
    const proxied = { ...SETTINGS, proxy_enabled: true, proxy_server: { host: '127.0.0.1', port: away } };
    assert.match((await live({}, proxied)).stdout, /FAILED {2}proxy opens a connection: .*Check proxy_server/);
  });

  test('suspend stops running instances within 2 s of traffic; resume restarts them; status reports it', async () => {
    const call = async (): Promise<string> => {
      const answer = await post(running.url, {});
      return answer.status === 200 ? 'served' : String(errorOf(answer).details[0]?.reason);
    };
    /** Calls for two seconds of traffic, then what one call gets. */
    const after2s = async (): Promise<string> => {
      for (const until = performance.now() + 2000; performance.now() < until;) await call();
      return call();
    };
    assert.equal(await call(), 'served');
    assert.match(
      (await run('status')).stdout,
      /shop: active\nlive nodes: 1 \(the limit counts at least 10 and at most 50\)\nlimit 25\/s/,
    );
    assert.match((await run('suspend')).stdout, /shop is suspended/);
    assert.equal(await after2s(), 'CONNECTION_SUSPENDED');
    assert.match((await run('status')).stdout, /shop: suspended/);
    sandbox.requests.length = 0;
    for (let n = 0; n < 20; n += 1) assert.equal(await call(), 'CONNECTION_SUSPENDED');
    assert.equal(sandbox.requests.length, 0);
    const fresh = await startFunction({
      name: 'customer-list',
      env: { ...env, CONNECTION_SETTINGS: JSON.stringify(SETTINGS) },
    });
    try {
      const answer = await post(fresh.url, {});
      assert.equal(
        errorOf(answer).details[0]?.reason,
        'CONNECTION_SUSPENDED',
        'an instance that starts now is held back at once',
      );
    } finally {
      await fresh.stop();
    }
    assert.match((await run('resume')).stdout, /shop is resumed/);
    assert.equal(await after2s(), 'served');
  });
}
