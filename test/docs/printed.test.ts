import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differsFromPrinted } from './printed.ts';

const OUTPUT = 'effect done, operation order-1\nId      pi_123\nStatus  succeeded\n\n';

const SAME: readonly (readonly [why: string, shown: string])[] = [
  ['the same lines', OUTPUT],
  ['spaces of a table differ', 'effect done, operation order-1\nId pi_123\nStatus succeeded'],
  ['text is left out of a line', 'effect done, operation ...\nId pi_...\nStatus succeeded'],
  ['lines are left out at the start', '...\nStatus succeeded'],
  ['lines are left out at the end', 'effect done, operation order-1\n...'],
  ['lines are left out in between', 'effect done, operation order-1\n...\nStatus succeeded'],
];

const DIFFERENT: readonly (readonly [why: string, shown: string, message: RegExp])[] = [
  ['another text', 'effect none, operation order-1\n...', /^the page shows "effect none/],
  ['a line that was not printed', '...\nStatus failed', /^the page shows "Status failed"/],
  ['another order', '...\nStatus succeeded\nId pi_123', /^the page shows "Id pi_123"/],
  ['a line is not shown', 'effect done, operation order-1\nStatus succeeded', /^the page shows "Status succeeded"/],
  ['the last line is not shown', 'effect done, operation order-1\nId pi_123', /^the page does not show "Status/],
  ['a sign of a regular expression', 'effect done, operation order.1\n...', /^the page shows/],
];

for (const [why, shown] of SAME)
  test(`a page shows what was printed: ${why}`, () => assert.equal(differsFromPrinted(shown, OUTPUT), undefined));

for (const [why, shown, message] of DIFFERENT)
  test(`a page does not show what was printed: ${why}`, () =>
    assert.match(differsFromPrinted(shown, OUTPUT) ?? '', message));
