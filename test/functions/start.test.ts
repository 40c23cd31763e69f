/**
 * The compile cache of a built function: Node keys it by its version, V8's flags, the user and the place. One that does
 * not fit costs time and nothing else. https://nodejs.org/api/module.html#module-compile-cache
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { NODES, post, startFunction } from './framework.ts';

const [OLDEST, DEPLOYED] = NODES;
const CACHE = '.compile-cache';
let sandbox: Sandbox;
let parent: string;
let folder: string;

before(async () => {
  sandbox = await startSandbox({ port: 0, catalogFolder: 'shared/catalog' });
  parent = mkdtempSync(path.join(tmpdir(), 'compile-cache-'));
  folder = copyOf(path.resolve('build/functions/get-entity'), 'get-entity');
  if (DEPLOYED !== undefined) {
    const { status, stderr } = spawnSync(DEPLOYED.path, ['build-compile-cache.cjs'], { cwd: folder, encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  }
});
after(async () => {
  await sandbox.close();
  rmSync(parent, { recursive: true, force: true });
});

/** With the framework, as it is deployed. */
function copyOf(from: string, name: string): string {
  const to = path.join(parent, name);
  cpSync(from, to, { recursive: true });
  if (!existsSync(path.join(parent, 'node_modules')))
    spawnSync('ln', ['-s', path.resolve('node_modules'), path.join(parent, 'node_modules')]);
  return to;
}

/** As if another user had made the cache: Node names the folder by the user's id last. */
function asOfAnother(place: string): string {
  const stamp = path.join(place, CACHE, 'made-for.json');
  const { nodeFolder: made } = JSON.parse(readFileSync(stamp, 'utf8')) as { nodeFolder: string };
  const others = made.replace(/\d+$/, '65534');
  renameSync(path.join(place, CACHE, made), path.join(place, CACHE, others));
  writeFileSync(stamp, JSON.stringify({ nodeFolder: others, functionFolder: place }));
  return place;
}

/** The bytes that Node stored for each module. Node names a file of the cache by the path of its module. */
function cachedBytes(cache: string): ReadonlyMap<string, number> {
  const [version = ''] = readdirSync(cache).filter((name) => name.startsWith('v'));
  const files = readdirSync(path.join(cache, version));
  return new Map(files.map((file) => [file, statSync(path.join(cache, version, file)).size]));
}

/** Stores the bundles right after their load, before any function in them is called. */
const STORE_LOADED = `
const module = require('node:module');
module.enableCompileCache('loaded-only');
for (const name of ['index', 'google', 'stripe']) require('./' + name + '.cjs');
module.flushCompileCache();`;

interface How {
  readonly node?: string;
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** What the start says of the cache, with an answer that is right. */
async function stateOf({ node = DEPLOYED?.path, folder: source = folder, env = {}, flags }: How): Promise<string> {
  const cached = { NODE_COMPILE_CACHE: path.join(source, CACHE), ...env };
  const started = await startFunction({
    name: 'get-entity',
    folder: source,
    ...(node === undefined ? {} : { node }),
    ...(flags === undefined ? {} : { flags }),
    env: { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url, ...cached },
  });
  const answer = await post(started.url, { entity: 'Balance' });
  assert.equal(answer.status, 200, answer.text);
  await started.stop();
  const [, state = ''] = /"message":"compile cache","state":"(\w+)"/.exec(started.output()) ?? [];
  return state;
}

if (DEPLOYED !== undefined) {
  test('the deployed Node loads the compile cache', async () => {
    assert.equal(await stateOf({}), 'hit');
  });

  test('the compile cache has the functions that a request calls, not only the top level of each file', () => {
    const { status, stderr } = spawnSync(DEPLOYED.path, ['-e', STORE_LOADED], { cwd: folder, encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
    const loaded = cachedBytes(path.join(folder, 'loaded-only'));
    const stored = cachedBytes(path.join(folder, CACHE));
    const large = [...loaded].filter(([, bytes]) => bytes > 50_000);
    assert.equal(large.length, 3);
    for (const [file, bytes] of large) {
      const now = stored.get(file) ?? 0;
      assert.ok(now > 1.2 * bytes, `${file}: ${now} bytes, ${bytes} right after the load`);
    }
  });

  // Google's runtime limits the heap by the function's memory. V8's flags that change no code are no part of the key.
  test('a heap limit keeps the cache valid', async () => {
    assert.equal(await stateOf({ env: { NODE_OPTIONS: '--max-old-space-size=256' } }), 'hit');
  });

  for (const [sentence, how] of [
    ['under other flags of V8', () => ({ flags: ['--no-opt'] })],
    ['in another place', () => ({ folder: copyOf(folder, 'moved') })],
    ['for another user', () => ({ folder: asOfAnother(copyOf(folder, 'other-user')) })],
  ] as const)
    test(`${sentence} the cache is not used and the function responds`, async () => {
      assert.equal(await stateOf(how()), 'miss');
    });

  test('without the variable the cache is off', async () => {
    assert.equal(await stateOf({ env: { NODE_COMPILE_CACHE: '' } }), 'off');
  });
}

test('a Node without a compile cache starts as well', async () => {
  assert.equal(await stateOf(OLDEST === undefined ? {} : { node: OLDEST.path }), 'off');
});

test('a Node without a compile cache does not fail the deployment', () => {
  const { status, stderr } = spawnSync(process.execPath, ['build-compile-cache.cjs'], {
    cwd: copyOf(path.resolve('build/functions/get-entity'), 'oldest'),
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  assert.match(
    stderr,
    /the compile cache could not be written, so the function starts without it: .*use Node 22\.10 or later/,
  );
});

test('the buildpack writes the cache with the Node that is deployed', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  assert.deepEqual(scripts, { 'gcp-build': 'node build-compile-cache.cjs' });
});
