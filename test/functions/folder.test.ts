/** Each built function is a folder that runs with the framework and nothing else. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { errorOf, NODES, post, startFunction } from './framework.ts';

interface Row {
  readonly name: string;
  readonly of?: string;
  readonly entities?: string[];
}

const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as { functions: Row[] };
const framework = (JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> })
  .dependencies['@google-cloud/functions-framework'];

for (const { name, entities } of functions) {
  test(`${name} is a complete folder`, () => {
    const folder = path.join('build/functions', name);
    const files = readdirSync(folder);
    for (const file of [
      'index.cjs',
      'main.cjs',
      'main.cjs.map',
      'google.cjs',
      'stripe.cjs',
      'build-compile-cache.cjs',
      'package.json',
      'package-lock.json',
      'catalog',
    ]) {
      assert.ok(files.includes(file), `${file} is missing`);
    }
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    assert.deepEqual(manifest.dependencies, { '@google-cloud/functions-framework': framework });
    const code = readFileSync(path.join(folder, 'main.cjs'), 'utf8');
    assert.doesNotMatch(code, /require\("(?!node:|\.\/|[a-z_]+(?:\/promises)?")/, 'no package is required');
    assert.doesNotMatch(code, /google-gax|grpc-js|protobufjs/, 'no Google code before first use');
    // It serves its own entities; the folder also has those that expansions reach, so that rows have their columns.
    if (entities !== undefined) {
      const index = readFileSync(path.join(folder, 'catalog/entities/index.json'), 'utf8');
      assert.deepEqual(Object.keys((JSON.parse(index) as { entities: object }).entities), entities);
      const included = readdirSync(path.join(folder, 'catalog/entities'));
      for (const file of ['customer.json', 'application.json', 'balance-transaction.json', 'card.json'])
        assert.ok(included.includes(file), file);
      assert.ok(included.length < 80);
    }
  });
}

test('a folder installs from its own lock file and runs outside this repository', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'function-'));
  try {
    cpSync('build/functions/customer-get', folder, { recursive: true });
    const installed = spawnSync('npm', ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(installed.status, 0, installed.stderr);
    assert.ok(!existsSync(path.join(folder, 'node_modules/stripe')));
    for (const node of NODES) {
      const running = await startFunction({
        name: 'customer-get',
        node: node.path,
        folder,
        framework: path.join(folder, 'node_modules/@google-cloud/functions-framework/build/src/main.js'),
        env: { STRIPE_API_KEY: 'sk_test_folder00000000', STRIPE_API_BASE: 'http://127.0.0.1:9' },
      });
      try {
        assert.equal(errorOf(await post(running.url, { entityId: 'cus_1' })).details[0]?.reason, 'STRIPE_UNREACHABLE');
      } finally {
        await running.stop();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
