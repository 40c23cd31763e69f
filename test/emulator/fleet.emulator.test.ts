/** Several instances of built functions share one limit through the Firestore emulator, and nothing leaves loopback. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_DATABASE } from '../../shared/config/environment-variables.ts';
import { firestoreTokens } from '../../shared/adapters/google/limiter/firestore-tokens.ts';
import { errorOf, post, startFunction, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

/** Remote addresses of a process's TCP connections. */
function peersOf(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => inodes.has(columns[9] ?? ''))
      .map((columns) => (columns[2] ?? '').split(':')[0] ?? ''),
  );
}

/** Listening (all zero), 127.x.x.x, or ::ffff:127.x.x.x, in the kernel's byte order. */
const LOOPBACK = /^(0+|[0-9A-F]{6}7F|0{16}FFFF0000[0-9A-F]{6}7F|0{24}01000000)$/;

if (emulatorIsHere()) {
  let emulator: Emulator;
  let sandbox: Sandbox;
  let fleet: Running[];
  const settings = { name: 'fleet', max_wait_ms: 20_000, min_nodes: 2, max_nodes: 2 };

  before(async () => {
    emulator = await startFirestore();
    sandbox = await startSandbox({ seed: 3 });
    const env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: emulator.host,
      CONNECTION_SETTINGS: JSON.stringify(settings),
    };
    fleet = await Promise.all(
      ['customer-list', 'list-entities', 'customer-list'].map((name) => startFunction({ name, env })),
    );
  });
  after(async () => {
    await Promise.all(fleet.map((one) => one.stop()));
    await sandbox.close();
    await emulator.stop();
  });

  test('three instances together start at most 12 requests a second and answer every call', async () => {
    const peers = new Set<string>();
    const calls = Array.from({ length: 60 }, (_, i) => post(fleet[i % 3]!.url, { entity: 'Customer' }));
    let open = true;
    const watch = (async () => {
      while (open) {
        for (const { pid } of fleet) peersOf(pid).forEach((peer) => peers.add(peer));
        await pause(25);
      }
    })();
    const answers = await Promise.all(calls);
    open = false;
    await watch;
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const arrived = sandbox.requests.map(({ at }) => at).sort((a, b) => a - b);
    assert.equal(arrived.length, 60);
    // The limit holds at the moment of release (`limiter.test.ts`). A busy machine may delay an arrival by up to 0.3 s.
    // Two nodes have 12 lanes, with one slot in 1,050 ms each, released 50 ms late at most.
    for (const seconds of [1, 2, 3]) {
      const most = Math.max(
        ...arrived.map((from, index) => arrived.slice(index).filter((at) => at < from + seconds * 1000).length),
      );
      assert.ok(most <= 12 * Math.ceil((seconds + 0.05 + 0.3) / 1.05), `${most} arrived in ${seconds} s`);
    }
    assert.deepEqual(
      [...peers].filter((peer) => !LOOPBACK.test(peer)),
      [],
      'no connection leaves loopback',
    );
  });

  test('rejects a call whose wait would be too long and returns the wait', async () => {
    const env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: emulator.host,
      CONNECTION_SETTINGS: JSON.stringify({ ...settings, name: 'short', limit_scope: 'connection', max_wait_ms: 500 }),
    };
    const one = await startFunction({ name: 'customer-list', env });
    try {
      const answers = await Promise.all(Array.from({ length: 30 }, () => post(one.url, {})));
      const refused = answers.filter(({ status }) => status === 429);
      // Six leave at once; 500 ms bring no further slot, and a second of arriving calls six more at most.
      assert.ok(refused.length >= 20, String(refused.length));
      assert.ok(answers.every(({ status }) => status === 200 || status === 429));
      for (const answer of refused) {
        assert.equal(errorOf(answer).details[0]?.reason, 'RATE_LIMITED');
        assert.ok(Number(answer.headers.get('retry-after')) >= 1);
      }
    } finally {
      await one.stop();
    }
  });

  test('SIGTERM ends the membership', async () => {
    const env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: emulator.host,
      CONNECTION_SETTINGS: JSON.stringify({ name: 'ended' }),
    };
    const store = firestoreTokens({
      projectId: 'stripe-local',
      databaseId: DEFAULT_DATABASE,
      emulatorHost: emulator.host,
    });
    const live = async (): Promise<number> =>
      (await store.countMembers({ connection: 'ended', id: 'none', place: 0 }, 1_000_000)).live;
    const one = await startFunction({ name: 'customer-list', env });
    assert.equal((await post(one.url, {})).status, 200);
    assert.equal(await live(), 1);
    process.kill(one.pid, 'SIGTERM');
    await one.ended;
    assert.equal(await live(), 0);
  });

  test('sends nothing and returns a clear 503 without Firestore', async () => {
    const env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: '127.0.0.1:9',
      CONNECTION_SETTINGS: JSON.stringify({ ...settings, max_wait_ms: 1000 }),
    };
    const one = await startFunction({ name: 'customer-list', env });
    try {
      sandbox.requests.length = 0;
      const answer = await post(one.url, {});
      assert.equal(answer.status, 503);
      assert.equal(errorOf(answer).details[0]?.reason, 'LIMITER_UNAVAILABLE');
      assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
      assert.equal(sandbox.requests.length, 0);
    } finally {
      await one.stop();
    }
  });
}
