/**
 * Two operations never share a record or a key at Stripe, for ids of callers, rows of a clause and key versions.
 * https://docs.stripe.com/api/idempotent_requests: a key that two requests share is one request to Stripe.
 */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOperationId } from '../../shared/operations/request/ids.ts';
import {
  isPartOfOperation,
  itemOperationId,
  listOperationId,
  deriveRowOperationId,
  stripeKey,
} from '../../shared/idempotency/derive-key.ts';
import { sized } from '../support/sizes.ts';

const RUNS = sized(10_000, 100_000);

/** What ids are made of that look like each other's keys. */
const PIECES = [
  'a',
  'b',
  ':',
  '~',
  'row',
  '~row',
  '0',
  '1',
  '~sha256',
  '-',
  '.',
  hash('sha256', 'a~1'),
  'x'.repeat(250),
];
const caller = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 })
  .map((pieces) => pieces.join('').slice(0, 255));
const rowId = fc
  .array(fc.constantFrom(...PIECES, ' ', ' row ', ' list ', 'ü', '*'), { minLength: 1, maxLength: 5 })
  .map((pieces) => pieces.join(''));
const question = fc.constantFrom(hash('sha256', 'a'), hash('sha256', 'b'));

/** An operation, by what makes it this one, and its id. */
const operation = fc.oneof(
  caller.map((id) => ({ what: ['caller', id], id })),
  fc.tuple(caller, rowId).map(([id, row]) => ({ what: ['row', id, row], id: deriveRowOperationId(id, row) })),
  fc.tuple(caller, question).map(([id, asked]) => ({ what: ['list', id, asked], id: listOperationId(id, asked) })),
);

test('two operations never share a key at Stripe or a record', () => {
  const keys = new Map<string, string>();
  const records = new Map<string, string>();
  const taken = (known: Map<string, string>, key: string, what: string): void => {
    assert.equal(known.get(key) ?? what, what, key);
    known.set(key, what);
  };
  fc.assert(
    fc.property(operation, fc.integer({ min: 0, max: 2 }), ({ what, id }, keyVersion) => {
      const key = stripeKey(id, { keyVersion });
      assert.match(key, /^[\x21-\x7e]{1,255}$/);
      taken(keys, key, JSON.stringify([...what, keyVersion]));
      taken(records, id, JSON.stringify(what));
      assert.equal(isOperationId(id), what[0] === 'caller');
      assert.equal(isPartOfOperation(id), what[0] !== 'caller');
    }),
    { numRuns: RUNS, seed: 61 },
  );
});

test('ids that are built to collide never share a key', () => {
  const ids = [
    'op',
    'op:cus_1',
    'op:cus_1~row0',
    'op:cus_1~row0~0',
    'op~0',
    'op row cus_1',
    'op:a row b',
    'op row a:b',
  ];
  const keys = ids.flatMap((id) => [0, 1].map((keyVersion) => stripeKey(id, { keyVersion })));
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(stripeKey('op', { keyVersion: 0 }), 'op', 'a caller finds the operation in the Dashboard');
});

test('items of one message never share an id', () => {
  const ids = ['m', 'm:1', 'x'.repeat(255), 'x'.repeat(254)].flatMap((id) =>
    Array.from({ length: 100 }, (_, index) => itemOperationId(id, index)),
  );
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every(isOperationId));
});
