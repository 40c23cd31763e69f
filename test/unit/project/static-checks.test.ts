/** Types, lint, format and exact versions. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { run } from './run.ts';

test('types are strict and correct', () => {
  for (const project of ['.', 'shared/console', 'shared/docs/site/browser'])
    // One checker: several check the types that they share each for itself.
    run('test/node_modules/typescript-7/bin/tsc', ['--noEmit', '--singleThreaded', '--project', project]);
});

test('lint is clean', () => void run('npm', ['run', 'lint']));

test('format is clean', () => void run('npm', ['run', 'format', '--', '--check']));

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
