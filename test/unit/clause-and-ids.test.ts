import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { catalogueFiles } from '../../shared/adapters/catalogue-files.ts';
import { checkId, checkOperationId } from '../../shared/core/ids.ts';
import { pageToken, readPageToken } from '../../shared/core/page-token.ts';
import { checkSort, listParams } from '../../shared/core/plan-list.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { parseEqualsClause } from '../../shared/filter/equals-clause.ts';
import { rowOperationId } from '../../shared/idempotency/operation-id.ts';

const catalogue = catalogueFiles(path.resolve('shared/catalog'));
const invalid = (message: RegExp) => (error: unknown) =>
  isConnectorError(error) && error.status === 'INVALID_ARGUMENT' && message.test(error.message);

function filters(entity: string, clause: string): unknown {
  const found = catalogue.entity(entity);
  return listParams(found, found.operations.List!, clause);
}

test('a clause is columns, equal signs and values joined by AND', () => {
  const terms = parseEqualsClause("Email = 'o''hara@b.c' and Created=1700000000");
  assert.deepEqual(
    terms.map(({ column, value }) => [column, value]),
    [
      ['Email', "o'hara@b.c"],
      ['Created', '1700000000'],
    ],
  );
});

for (const [clause, message] of [
  ['Email =', /expected a value after '=' at 8/],
  ['Email', /expected '=' after Email at 6/],
  ["Email = 'a", /the quote is never closed at 9/],
  ["Email = 'a' OR Name = 'b'", /expected AND at 13, not OR/],
  ["Created > '5'", /expected '=' after Created at 9, not >/],
  ['= 5', /expected a column at 1/],
  ["Email = 'a' AND", /expected a column at 16/],
  ['Email = ; x', /unexpected ";" at 9/],
  ["Email LIKE 'a'", /expected '=' after Email at 7, not LIKE/],
] as const) {
  test(`the clause ${clause} is refused at its place`, () =>
    assert.throws(() => parseEqualsClause(clause), invalid(message)));
}

test('a long clause is read in linear time', () => {
  const clause = Array.from({ length: 300 }, () => "Email = 'a'").join(' AND ');
  assert.equal(parseEqualsClause(clause).length, 300);
});

for (const [entity, clause, params] of [
  ['Customer', "Email = 'a@b.c'", { email: 'a@b.c' }],
  ['Customer', "Created = '1700000000'", { created: 1700000000 }],
  ['Product', 'Active = true', { active: true }],
  ['SubscriptionItem', "Subscription = 'sub_1'", { subscription: 'sub_1' }],
  ['Price', "LookupKeys = 'gold'", { lookup_keys: ['gold'] }],
  ['Customer', '', {}],
] as const) {
  test(`${entity} filtered by ${clause || 'nothing'}`, () => assert.deepEqual(filters(entity, clause), params));
}

for (const [entity, clause, message] of [
  [
    'Customer',
    "Name = 'x'",
    /Name at 1: Stripe's list does not filter Customer by it; it filters by Created, Email, TestClock/,
  ],
  ['Customer', "Nmae = 'x'", /is no column of Customer.*did you mean Name\?/],
  ['Customer', "Email = 'x' AND Email = 'y'", /Email stands twice, again at 17/],
  ['Product', "Active = 'maybe'", /Active: must be true or false/],
  ['SubscriptionItem', '', /Subscription: is required/],
  ['Invoice', "Status = 'opened'", /Status: must be one of .*did you mean open\?/],
] as const) {
  test(`${entity} cannot be filtered by ${clause || 'nothing'}`, () =>
    assert.throws(() => filters(entity, clause), invalid(message)));
}

test('only Created descending is a sorting that Stripe has', () => {
  checkSort(['Created DESC']);
  checkSort(undefined);
  assert.throws(() => checkSort(['Created']), invalid(/Created DESC/));
  assert.throws(() => checkSort(['Name DESC']), invalid(/Created DESC/));
});

for (const id of [
  '',
  '.',
  '..',
  'a/b',
  '../x',
  '%2e%2e',
  'a?b',
  'a#b',
  'a\nb',
  'a\u0000b',
  'ü',
  'a b',
  'x'.repeat(300),
  '\\',
  5,
  null,
  undefined,
]) {
  test(`the id ${String(JSON.stringify(id)).slice(0, 20)} never reaches Stripe`, () =>
    assert.throws(() => checkId('entityId', id), invalid(/entityId/)));
}
for (const id of ['cus_OxHsz0u5bCGWuy', 'balance.summary.1', '25OFF', 'usd', 'txcd_10000000']) {
  test(`the id ${id} is taken`, () => assert.equal(checkId('entityId', id), id));
}

test('an idempotency key is 1 to 255 visible ASCII characters', () => {
  checkOperationId('operationId', 'x'.repeat(255));
  for (const key of ['', 'x'.repeat(256), 'a b', 'a\r\nb', 'ü'])
    assert.throws(() => checkOperationId('operationId', key), invalid(/operationId/));
});

test('the key of a row is told from the key of the call, and never too long', () => {
  assert.equal(rowOperationId('op', 'cus_1'), 'op:cus_1');
  assert.equal(rowOperationId('x'.repeat(255), 'cus_1').length, 64);
  assert.notEqual(rowOperationId('x'.repeat(255), 'cus_1'), rowOperationId('x'.repeat(255), 'cus_2'));
});

test('a page token reads back, for its own entity and clause alone', () => {
  const token = pageToken({ entity: 'Customer', clause: "Email = 'a'", after: 'cus_9' });
  assert.equal(readPageToken(token, { entity: 'Customer', clause: "Email = 'a'" }), 'cus_9');
  assert.throws(
    () => readPageToken(token, { entity: 'Product', clause: "Email = 'a'" }),
    invalid(/listEntitiesPageToken/),
  );
  assert.throws(() => readPageToken(token, { entity: 'Customer', clause: '' }), invalid(/listEntitiesPageToken/));
  assert.throws(() => readPageToken('garbage', { entity: 'Customer', clause: '' }), invalid(/listEntitiesPageToken/));
});
