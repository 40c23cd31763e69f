import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MODELLED, modelledPage } from './modelled.ts';

test('the page of what is modelled is the one that the tests give', () => {
  assert.equal(readFileSync(MODELLED, 'utf8'), modelledPage(), 'npm run modelled');
});
