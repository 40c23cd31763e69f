/** The collection groups of the state: the module exempts each from indexes, and the pages name them to those who share a database. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const ADAPTERS = 'shared/adapters/google';
const listOf = (text: string): string[] => [...text.matchAll(/"(\w+)"/g)].map(([, name = '']) => name);
const firestore = readFileSync('infra/project/firestore.tf', 'utf8');
const groups = listOf(/^ {2}groups += \[(.*)\]$/m.exec(firestore)?.[1] ?? '');

void test('each collection that an adapter stores in is a group of the module, and no other', () => {
  const sources = readdirSync(ADAPTERS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(ADAPTERS, name), 'utf8'));
  // `${parent}/operations/${id}`, and the path of the accounts below the documents of a database.
  const stored = sources.flatMap((text) => [...text.matchAll(/[^/\w{]\/([a-zA-Z]+)\/\$\{|\/documents\/(\w+)\/\$\{/g)]);
  const names = stored.flatMap(([, below, top]) => [below, top]).filter((name) => name !== undefined);
  const own = new Set(names.filter((name) => !['databases', 'connections'].includes(name)));
  assert.deepEqual([...own].sort(), [...groups].sort());
});

void test('the pages name every group to those who share the database of applications', () => {
  for (const file of ['infra/README.md', 'infra/project/variables.tf']) {
    const text = readFileSync(file, 'utf8').replaceAll(/\s+/g, ' ');
    const [, listed = ''] = /collection groups? (.*? (?:and|or) `?\w+)/.exec(text) ?? [];
    assert.deepEqual(
      (listed.match(/\w+/g) ?? []).filter((word) => !['and', 'or'].includes(word)).sort(),
      [...groups].sort(),
      file,
    );
  }
});

void test('each group that expires or has an index is one of them', () => {
  const expiring = listOf(/^ {2}expiring = \[(.*)\]$/m.exec(firestore)?.[1] ?? '');
  const queried = [...firestore.matchAll(/\{ collection = "(\w+)"/g)].map(([, name = '']) => name);
  assert.ok(expiring.length >= 4 && queried.length >= 4);
  for (const name of [...expiring, ...queried]) assert.ok(groups.includes(name), name);
});
