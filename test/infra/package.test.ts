/** `npm run package`: the same functions give the same bytes, wherever they are packed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { unzipSync } from 'fflate';

void describe('packages', () => {
  let folder: string;
  const from = (): string => path.join(folder, 'functions');
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'stripe-connector-packages-'));
    for (const name of ['get-entity', 'automation'])
      cpSync(path.join('build/functions', name), path.join(from(), name), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const packed = (to: string, zone: string): Record<string, Buffer> => {
    const target = path.join(folder, to);
    const { status, stderr } = spawnSync(process.execPath, ['infra/package.mjs', from(), target], {
      encoding: 'utf8',
      env: { ...process.env, TZ: zone },
    });
    assert.equal(status, 0, stderr);
    return Object.fromEntries(readdirSync(target).map((name) => [name, readFileSync(path.join(target, name))]));
  };

  void test('the same files give the same bytes at another time and in another time zone', () => {
    const first = packed('first', 'America/New_York');
    for (const name of readdirSync(from())) utimesSync(path.join(from(), name, 'index.cjs'), 1e9, 1e9);
    const second = packed('second', 'Asia/Tokyo');
    assert.deepEqual(Object.keys(first).sort(), ['automation.zip', 'get-entity.zip']);
    for (const [name, bytes] of Object.entries(first)) assert.ok(bytes.equals(second[name] ?? Buffer.alloc(0)), name);
  });

  void test('another file changes only its own package', () => {
    const unchanged = packed('before', 'UTC');
    appendFileSync(path.join(from(), 'get-entity/index.cjs'), '\n');
    const changed = packed('after', 'UTC');
    assert.ok(!unchanged['get-entity.zip']?.equals(changed['get-entity.zip'] ?? Buffer.alloc(0)));
    assert.ok(unchanged['automation.zip']?.equals(changed['automation.zip'] ?? Buffer.alloc(0)));
  });

  void test("has the function's files at its root and no source maps", () => {
    const files = unzipSync(packed('held', 'UTC')['automation.zip'] ?? Buffer.alloc(0));
    for (const name of [
      'index.cjs',
      'main.cjs',
      'build-compile-cache.cjs',
      'package.json',
      'package-lock.json',
      'google.cjs',
      'stripe.cjs',
    ])
      assert.deepEqual(Buffer.from(files[name] ?? []), readFileSync(path.join(from(), 'automation', name)), name);
    assert.ok(Object.keys(files).some((name) => name.startsWith('catalog/entities/')));
    assert.ok(!Object.keys(files).some((name) => /\.map$|compile-cache\//.test(name)));
  });
});
