/** The tests themselves: their names, their parts, the sources they cite. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { filesOf } from './files.ts';

test('each regression test cites the document or the issue of its facts', () => {
  for (const file of filesOf('test/regression', '.test.ts'))
    assert.match(readFileSync(file, 'utf8'), /https?:\/\/|[a-z-]+#\d+|docs\.stripe\.com/, file);
});

test('a part that matches no test is an error that lists the parts', () => {
  const { CI: _, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ['test/run.mjs', 'nosuchpart'], { encoding: 'utf8', env });
  assert.equal(status, 1);
  assert.match(stderr, /no test file's path contains nosuchpart; there are .*contract, .*functions, .*unit/);
});

test('the parts that the scripts name exist', () => {
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

test('the files that start first exist', () => {
  const [, list = ''] = /^const SLOW = \[([^\]]+)\]/m.exec(readFileSync('test/run-files.mjs', 'utf8')) ?? [];
  const files = filesOf('test', '.test.ts');
  const named = [...list.matchAll(/'([^']+)'/g)].map(([, name = '']) => `test/${name}.test.ts`);
  assert.ok(named.length >= 10);
  for (const file of named) assert.ok(files.includes(file), file);
});

test('no two test files have the same name', () => {
  const names = filesOf('test', '.test.ts').map((file) => path.basename(file));
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

/** Test files over 300 lines that are still to be split. The list may only shrink. */
const LARGE: readonly string[] = [
  'test/emulator/automation.emulator.test.ts',
  'test/emulator/stripe-events.emulator.test.ts',
  'test/functions/refusals.test.ts',
  'test/infra/terraform.test.ts',
  'test/property/redaction-places.property.test.ts',
  'test/property/write-policy.property.test.ts',
  'test/regression/effect-table.test.ts',
  'test/simulation/fleet.test.ts',
  'test/unit/limiter.test.ts',
];

test('no test file has more than 300 lines, except those still to be split', () => {
  const large = filesOf('test', '.test.ts').filter(
    (file) => readFileSync(file, 'utf8').trim().split('\n').length > 300,
  );
  assert.deepEqual(
    large.filter((file) => !LARGE.includes(file)),
    [],
  );
});
