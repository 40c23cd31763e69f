/** The strict reader of JSON reads what `JSON.parse` reads, to the same values, and names what that would change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath, parseExactJson } from '../../shared/json/exact-json.ts';
import { plainDecimal } from '../../shared/json/plain-decimal.ts';
import { plainNumbers, WrittenNumber } from '../../shared/json/written-number.ts';

const SEED = Number(process.env['SEED'] ?? 20261126);

test('reads what JSON.parse reads, to the same value', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), undefined, indent);
      assert.deepEqual(plainNumbers(parseExactJson(spaced)?.value), JSON.parse(spaced));
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

test('rejects exactly what JSON.parse rejects', () => {
  const letters = fc.string({
    unit: fc.constantFrom(...Array.from('{}[]:,"\\ue0123456789.-+tfnrals \n\u0000\u001f')),
    maxLength: 12,
  });
  const broken = fc
    .tuple(fc.json({ maxDepth: 3 }), fc.nat(), letters)
    .map(([text, at, more]) => text.slice(0, at % (text.length + 1)) + more + text.slice(at % (text.length + 1)));
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(fc.oneof(letters, broken), (text) => {
      assert.equal(parseExactJson(text) !== undefined, parses(text), text);
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

test('a whole number or a decimal is kept, or reported as a problem', () => {
  const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,25})?([eE][+-]?\d{1,3})?$/);
  fc.assert(
    fc.property(digits, (token) => {
      const read = parseExactJson(`{"a":[${token}]}`);
      const { a } = read?.value as { a: unknown[] };
      const [number] = a;
      const kept = plainDecimal(String(Number(number))) === plainDecimal(token);
      const whole = Number.isInteger(Number(number));
      const exact = kept && Number.isFinite(Number(token)) && (!whole || Number.isSafeInteger(Number(number)));
      assert.equal(read?.count, exact ? 0 : 1, token);
      assert.equal(number instanceof WrittenNumber ? number.text : String(number), token);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

const problems: readonly (readonly [text: string, path: string, description: RegExp])[] = [
  ['{"a":1,"a":1}', 'a', /is repeated/],
  ['{"a":{"b":[{},{"c":1,"c":null}]}}', 'a.b[1].c', /is repeated/],
  ['{"__proto__":1,"__proto__":2}', '__proto__', /is repeated/],
  ['{"\\u0061":1,"a":2}', 'a', /is repeated/],
  ['[9007199254740993]', '[0]', /more digits/],
  ['{"a":9007199254740992}', 'a', /more digits/],
  ['{"a":-12345678901234567890}', 'a', /more digits/],
  ['{"a":1e21}', 'a', /more digits/],
  ['{"a":1e999}', 'a', /more digits/],
  ['{"a":1e-999}', 'a', /more digits/],
  ['{"a":0.12345678901234567891}', 'a', /more digits/],
  ['{"a":"\\ud83d"}', 'a', /a lone surrogate/],
  ['{"a":"\\ude00\\ud83d"}', 'a', /a lone surrogate/],
  ['{"a":{"\\ud83d":1}}', 'a', /a lone surrogate/],
];
for (const [text, path, description] of problems)
  test(`${text} has a problem at ${path}`, () => {
    const read = parseExactJson(text);
    assert.equal(read?.count, 1);
    assert.equal(formatPath(read.problems[0]?.path ?? []), path);
    assert.match(read.problems[0]?.description ?? '', description);
  });

for (const text of [
  '{"a":1.10}',
  '{"a":1500.0}',
  '{"a":-0}',
  '{"a":1e-7}',
  '{"a":0e999}',
  '{"a":"\\ud83d\\ude00"}',
  '9007199254740991',
])
  test(`${text} has no problem`, () => assert.equal(parseExactJson(text)?.count, 0));

test('a key named __proto__ is a key', () => {
  const { value } = parseExactJson('{"__proto__":{"x":1}}') ?? {};
  assert.deepEqual(Object.keys(value as object), ['__proto__']);
  assert.equal((value as { x?: unknown }).x, undefined);
});

test('keeps the first of many problems and knows the members that have one', () => {
  const read = parseExactJson(`[${'1e400,'.repeat(50)}{"a":1e400}]`);
  assert.equal(read?.count, 51);
  assert.equal(read.problems.length, 20);
  assert.ok(read.problemMembers.has(50));
});

const decimals: readonly (readonly [written: string, plain: string])[] = [
  ['-0', '0'],
  ['0.0', '0'],
  ['1.50', '1.5'],
  ['1500.0', '1500'],
  ['1e-7', '0.0000001'],
  ['1.25e-7', '0.000000125'],
  ['-1.5e3', '-1500'],
  ['0.05e1', '0.5'],
  ['12e0', '12'],
];
for (const [written, plain] of decimals)
  test(`${written} is ${plain} as a plain decimal`, () => assert.equal(plainDecimal(written), plain));
