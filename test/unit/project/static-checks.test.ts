/** Types, lint, format and exact versions. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { run } from './run.ts';

test('types are strict and correct', () => {
  run('node_modules/.bin/tsc', ['--noEmit']);
  for (const page of ['shared/console', 'shared/docs/site/browser'])
    run('node_modules/.bin/tsc', ['--noEmit', '--project', page]);
});

test('lint is clean', () => void run('test/node_modules/.bin/eslint', ['--config', 'test/eslint.config.mjs', '.']));

test('format is clean', () => void run('test/node_modules/.bin/prettier', ['--check', '.']));

test('versions are exact and lock files name no host', () => {
  for (const folder of ['.', 'test']) {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string> | undefined
    >;
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [name, version] of Object.entries(manifest[kind] ?? {}))
        assert.match(version, /^(?:npm:\w+@)?\d+\.\d+\.\d+$/, name);
    }
    assert.doesNotMatch(readFileSync(path.join(folder, 'package-lock.json'), 'utf8'), /"resolved": "http/);
  }
});
