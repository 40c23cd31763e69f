/** The parser of filter clauses and LIKE, on generated inputs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planClause } from '../../shared/operations/list/plan.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { compileLike, likeProblem, MAX_LOOSE_PART_LENGTH } from '../../shared/query/like.ts';
import { parseClause } from '../../shared/query/syntax/parser.ts';
import { CATALOG } from '../support/connector-deps.ts';
import { sized } from '../support/sizes.ts';
import { SEED, matches } from './filter-samples.ts';

test('the parser throws nothing but its own error', () => {
  const piece = fc.constantFrom(
    'Email',
    'a.b',
    '=',
    '<>',
    '<=',
    "'x'",
    "''",
    "'",
    '(',
    ')',
    ',',
    'AND',
    'OR',
    'NOT',
    'IN',
    'LIKE',
    'BETWEEN',
    'IS',
    'NULL',
    '[',
    ']',
    '5',
    ' ',
    '%',
    ';',
    '\u0000',
    'é',
    '\n',
  );
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(' ')),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (clause) => {
      try {
        parseClause(clause);
      } catch (error) {
        assert.ok(
          isConnectorError(error) && error.status === 'INVALID_ARGUMENT' && / at \d+$/.test(error.message),
          clause,
        );
      }
    }),
    { seed: SEED, numRuns: sized(10_000, 50_000) },
  );
});

test('LIKE matches like a regular expression in one pass over the text', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '%', '_', '😀'), maxLength: 8 });
  fc.assert(
    fc.property(text, pattern, (one, other) => compileLike(other)(one) === matches(one, other)),
    { seed: SEED, numRuns: sized(5_000, 20_000) },
  );
  const long = 'a'.repeat(40_000);
  assert.equal(compileLike(`${'%a'.repeat(50)}b`)(long), false);
  for (const part of [`${'a'.repeat(9000)}b`, `b${'a'.repeat(9000)}`, `${'a_'.repeat(14)}b`])
    assert.equal(compileLike(`%${part}%`)(long), false);
  assert.equal(compileLike(`%${'a'.repeat(9000)}%`)(long), true);
});

test('a pattern part without a fixed place is bounded by its search', () => {
  const loose = '_'.repeat(MAX_LOOSE_PART_LENGTH);
  for (const fine of [`%${loose}%`, `_${loose}`, `${loose}_%`, `%_${loose}`, `%${'a'.repeat(500)}%`])
    assert.equal(likeProblem(fine), undefined);
  for (const refused of [`%${loose}_%`, `a%${loose}a%b`])
    assert.match(likeProblem(refused) ?? '', /at most 30 characters/);
  assert.throws(
    () => {
      const entity = CATALOG.entity('Customer');
      const row = entity.operations.List;
      assert.ok(row);
      planClause(entity, row, `Name LIKE '%${loose}_%'`, { eventual: false });
    },
    (error) => isConnectorError(error) && /^filterClause: LIKE supports at most 30 .* at 1$/.test(error.message),
  );
});
