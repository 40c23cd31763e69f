/** The tests themselves: their names, their parts, the sources they cite. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { filesOf } from './files.ts';

test('each regression test names the document or the issue that its facts come from', () => {
  for (const file of filesOf('test/regression', '.test.ts'))
    assert.match(readFileSync(file, 'utf8'), /https?:\/\/|[a-z-]+#\d+|docs\.stripe\.com/, file);
});

test('a part that no test has is an error that lists the parts', () => {
  const { CI: _, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ['test/run.mjs', 'nosuchpart'], { encoding: 'utf8', env });
  assert.equal(status, 1);
  assert.match(stderr, /no test file's path contains nosuchpart; there are .*contract, .*functions, .*unit/);
});

test('the parts that the scripts name are there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const files = filesOf('test', '.test.ts');
  const named = Object.values(scripts).flatMap(
    (script) => /test\/run\.mjs ([\w/ -]+)/.exec(script)?.[1]?.split(' ') ?? [],
  );
  const parts = named.filter((part) => !part.startsWith('--'));
  assert.deepEqual(parts, ['unit/project']);
  for (const part of parts)
    assert.ok(
      files.some((file) => file.includes(part)),
      part,
    );
});

test('no two test files have the same name', () => {
  const names = filesOf('test', '.test.ts').map((file) => path.basename(file));
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});
