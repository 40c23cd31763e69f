/** A built function starts with the code that its own Node compiled, and without what another one did. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../sandbox/server.ts';
import { NODES, post, startFunction } from './framework.ts';

let sandbox: Sandbox;
let folder: string;

before(async () => {
  sandbox = await startSandbox({ port: 0, catalogueFolder: 'shared/catalog' });
  folder = mkdtempSync(path.resolve('build/start-'));
  cpSync('build/functions/get-entity', folder, { recursive: true });
});
after(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const caches = (): string[] => readdirSync(folder).filter((file) => file.endsWith('.cache'));

function makeCaches(node: string, ...flags: string[]): void {
  for (const file of caches()) rmSync(path.join(folder, file));
  const { status, stderr } = spawnSync(node, [...flags, 'make-cache.cjs'], { cwd: folder, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  assert.deepEqual(
    caches()
      .map((file) => file.split('.')[0])
      .sort(),
    ['google', 'main', 'stripe'],
  );
}

/** What it prints, after an answer that is right. */
async function printed(node: string): Promise<string> {
  const env = { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url };
  const started = await startFunction({ name: 'get-entity', folder, node, env });
  const answer = await post(started.url, { entity: 'Balance' });
  assert.equal(answer.status, 200, answer.text);
  await started.stop();
  return started.output();
}

const REFUSED = /"severity":"WARNING","message":"the compiled code of main.cjs is of another Node than v/;

for (const node of NODES) {
  test(`${node.name} takes what it compiled itself`, async () => {
    makeCaches(node.path);
    assert.doesNotMatch(await printed(node.path), REFUSED);
  });

  test(`${node.name} refuses what was compiled under other flags, says so, and answers`, async () => {
    makeCaches(node.path, '--no-opt');
    assert.match(await printed(node.path), REFUSED);
  });
}

test('code of another Node is refused', async () => {
  const [one, other] = NODES;
  if (one === undefined || other === undefined) return;
  makeCaches(other.path);
  assert.match(await printed(one.path), REFUSED);
});

test('code of another bundle is not even read', async () => {
  makeCaches(process.execPath, '--no-opt');
  for (const file of caches())
    renameSync(path.join(folder, file), path.join(folder, file.replace(/\.[0-9a-f]{16}\./, '.0000000000000000.')));
  assert.doesNotMatch(await printed(process.execPath), REFUSED);
});

test('deployed, the build makes it by the Node that is deployed', () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a manifest of the build
  const manifest = require(path.join(folder, 'package.json')) as { scripts: Record<string, string> };
  assert.deepEqual(manifest.scripts, { 'gcp-build': 'node make-cache.cjs' });
});
