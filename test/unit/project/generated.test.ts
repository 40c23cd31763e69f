/** What the manifest, the samples and the catalog say of each other. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { requiredOutputKeys, LEGACY_KEYS } from '../../../shared/catalog/sample-keys.ts';
import { filesOf } from './files.ts';
import { run } from './run.ts';

test('a function file is a few lines: imports and one export', () => {
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
    functions: { name: string; source?: string; entryPoint?: string }[];
  };
  const files = filesOf('functions', '.ts');
  assert.deepEqual(
    files.map((file) => path.relative('functions', file)).sort(),
    functions.flatMap(({ source }) => source ?? []).sort(),
  );
  for (const file of files) {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    assert.ok(lines.length <= 12, file);
    assert.equal(lines.filter((line) => line.startsWith('export const')).length, 1);
  }
  assert.equal(new Set(functions.map(({ name }) => name)).size, functions.length);
});

test('each of the nine actions has its function, its sample and its row of the catalog', () => {
  const nine = readdirSync('functions/actions').filter((file) => file !== 'execute-action.ts');
  assert.equal(nine.length, 9);
  for (const file of nine) {
    const name = file.replace('.ts', '');
    for (const one of [`shared/catalog/actions/${name}.json`, `test/fixtures/samples/${name}.json`])
      assert.ok(statSync(one).isFile());
  }
});

test('the required keys are those of the samples', () => {
  for (const name of readdirSync('test/fixtures/samples')) {
    const { connectorOutputPayload: rows } = JSON.parse(readFileSync(`test/fixtures/samples/${name}`, 'utf8')) as {
      connectorOutputPayload?: Record<string, unknown>[];
    };
    const [row] = Array.isArray(rows) ? rows : [];
    if (row?.['object'] === undefined) continue;
    const always = requiredOutputKeys(String(row['object']));
    for (const key of Object.keys(row)) if (key !== 'Success') assert.ok(always.includes(key), key);
    for (const key of LEGACY_KEYS[String(row['object'])] ?? []) assert.ok(always.includes(key), key);
  }
});

test('the catalog is what the generator makes from the installed package', () => {
  assert.match(
    run(process.execPath, ['esbuild.config.mjs', 'run', 'shared/catalog/generate/main.ts', '--check']),
    /matches the installed package/,
  );
});
