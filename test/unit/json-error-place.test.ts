/** The place where a text stops being JSON: https://www.rfc-editor.org/rfc/rfc8259#section-2 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { invalidJsonMessage } from '../../shared/json/exact-json.ts';

for (const [text, line, column] of [
  ['', 1, 1],
  ['{"a" 1}', 1, 6],
  ['{"a": 1,}', 1, 9],
  ['{"a": 1 "b": 2}', 1, 9],
  ['[1, 2', 1, 6],
  ['{\n  "a": nul\n}', 2, 8],
  ['{"a": 01}', 1, 8],
  ["{'a': 1}", 1, 2],
  ['{"a": 1}}', 1, 9],
] as const)
  test(`${JSON.stringify(text)} breaks at line ${line}, column ${column}`, () =>
    assert.equal(invalidJsonMessage('the body', text), `the body is not valid JSON at line ${line}, column ${column}`));

test('JSON has no such place, and text after JSON begins it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      assert.equal(invalidJsonMessage('the body', text), 'the body must be a JSON object');
      assert.equal(
        invalidJsonMessage('the body', `${text}]`),
        `the body is not valid JSON at line 1, column ${text.length + 1}`,
      );
    }),
  );
});
