/** The command shows where a filter clause is wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clauseWithCaret } from '../../../shared/cli/io/clause-caret.ts';

test('shows the clause with a caret under the position of the error', () => {
  const shown = clauseWithCaret('--where: unexpected ";" at 9', 'Email = ; x');
  assert.equal(shown, '\n  Email = ; x\n          ^');
});

for (const [sentence, message, clause] of [
  ['an error of another field', 'pageSize: must be 1 to 200', 'Email = 1'],
  ['a call without a clause', '--where: unexpected ";" at 9', undefined],
  ['a clause of two lines', '--where: unexpected ";" at 9', 'Email =\n; x'],
  ['a clause that is longer than a line', '--where: unexpected ";" at 9', 'x'.repeat(161)],
] as const)
  test(`shows nothing for ${sentence}`, () => assert.equal(clauseWithCaret(message, clause), ''));
