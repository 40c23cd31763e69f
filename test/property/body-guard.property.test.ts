import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Nesting } from '../../shared/json/nesting.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test('the depth of any JSON is that of its value at any chunk boundary', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 8 }),
      fc.array(fc.nat(40), { minLength: 1 }),
      fc.boolean(),
      (value, cuts, pretty) => {
        const text = Buffer.from(JSON.stringify(value, null, pretty ? 2 : 0));
        const nesting = new Nesting();
        let deepest = 0;
        for (let at = 0, cut = 0; at < text.length; cut += 1) {
          const size = 1 + (cuts[cut % cuts.length] ?? 0);
          deepest = nesting.addChunk(text.subarray(at, at + size));
          at += size;
        }
        assert.equal(deepest, depthOf(value));
      },
    ),
    { numRuns: 2000 },
  );
});

test('ignores quotes, backslashes and brackets inside a text', () => {
  for (const text of ['[[', '\\', '"[', '\\"[{', ']]]]', 'é[☃{', '\\\\"']) {
    const nesting = new Nesting();
    assert.equal(nesting.addChunk(Buffer.from(JSON.stringify({ text: [text] }))), 2, text);
  }
});
