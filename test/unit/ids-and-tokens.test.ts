import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkId, checkOperationId } from '../../shared/operations/request/ids.ts';
import { encodePageToken, readPageToken, type PageQuery } from '../../shared/operations/list/page-token.ts';
import { isConnectorError } from '../../shared/errors.ts';
import {
  itemOperationId,
  deriveRowOperationId,
  namespacedOperationId,
  stripeKey,
} from '../../shared/idempotency/derive-key.ts';

const invalid = (message: RegExp) => (error: unknown) =>
  isConnectorError(error) && error.status === 'INVALID_ARGUMENT' && message.test(error.message);

for (const id of [
  '',
  '.',
  '..',
  'a\nb',
  'a\u0000b',
  'a\u007fb',
  'a\u0085b',
  'half \ud83d',
  'x'.repeat(501),
  'é'.repeat(501),
  5,
  null,
  undefined,
]) {
  test(`never sends the id ${String(JSON.stringify(id)).slice(0, 20)} to Stripe`, () =>
    assert.throws(() => checkId('entityId', id), invalid(/entityId/)));
}
// Ids of before 2018-05-21 had any sign: https://github.com/stripe/stripe-java/issues/736, https://github.com/stripe/stripe-node/issues/95
for (const id of [
  'cus_OxHsz0u5bCGWuy',
  'balance.summary.1',
  '25OFF',
  'usd',
  'txcd_10000000',
  'Silver plan at $9/week',
  '../x',
  '%2e%2e',
  '...',
  'a?b#c',
  'ü',
  '\\',
  'x'.repeat(500),
  'é'.repeat(250),
]) {
  test(`accepts the id ${id}`, () => assert.equal(checkId('entityId', id), id));
}

test('an idempotency key is 1 to 255 visible ASCII characters', () => {
  checkOperationId('operationId', 'x'.repeat(255));
  for (const key of ['', 'x'.repeat(256), 'a b', 'a\r\nb', 'ü'])
    assert.throws(() => checkOperationId('operationId', key), invalid(/operationId/));
});

test("the key of a row is derived from the call's key and the row, and never too long", () => {
  const keyOf = (operationId: string, row: string): string =>
    stripeKey(deriveRowOperationId(operationId, row), { keyVersion: 0 });
  assert.equal(keyOf('op', 'cus_1'), 'op:cus_1~row0');
  assert.match(keyOf('x'.repeat(255), 'cus_1'), /^[0-9a-f]{64}~sha256$/);
  assert.notEqual(keyOf('x'.repeat(255), 'cus_1'), keyOf('x'.repeat(255), 'cus_2'));
  // It is a header: an id with other characters is sent as its digest.
  for (const id of ['Silver plan', 'ü', 'a\u00a0b', 'a:b']) assert.match(keyOf('op', id), /^[0-9a-f]{64}~sha256$/);
});

test('an item of a message has an id that its caller could send', () => {
  assert.equal(itemOperationId('m-1', 0), 'm-1:0');
  checkOperationId('operationId', itemOperationId('x'.repeat(255), 99));
});

test("a sender's text has an operation id of its own, which its caller could send", () => {
  assert.equal(namespacedOperationId('order.shipped', 'A-1001'), 'order.shipped:A-1001');
  const longest = 'x'.repeat(241);
  assert.equal(namespacedOperationId('order.shipped', longest), `order.shipped:${longest}`);
  const hashed = [
    '',
    ' ',
    'ü',
    'A 1',
    'A\n1',
    '\ud83d\ude00',
    '\ud83d',
    '\ud800',
    `${longest}x`,
    `${longest}y`,
    'x'.repeat(100_000),
  ].map((text) => namespacedOperationId('order.shipped', text));
  for (const id of hashed.slice(1)) assert.match(id, /^order\.shipped:[0-9a-f]{64}$/);
  // A text that equals the hash of another text is another text.
  const [, space = ''] = hashed;
  const ids = [...hashed, namespacedOperationId('order.shipped', space.slice('order.shipped:'.length))];
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) checkOperationId('operationId', id);
});

const question: PageQuery = { entity: 'Customer', clause: "Email = 'a'", sort: '', consistency: 'strong', account: '' };

test('a page token is valid for its own query only', () => {
  const place = { at: { branch: 0, after: ['cus_8', 'cus_9'] } };
  const token = encodePageToken(question, place);
  assert.deepEqual(readPageToken(token, question), place);
  for (const other of [
    { entity: 'Product' },
    { clause: '' },
    { sort: 'Name false' },
    { consistency: 'eventual' },
    { account: 'acct_2' },
  ])
    assert.throws(() => readPageToken(token, { ...question, ...other }), invalid(/listEntitiesPageToken/));
});

test('rejects a foreign page token with any content', () => {
  const own = JSON.parse(
    Buffer.from(encodePageToken(question, { at: { branch: 0 } }), 'base64url').toString(),
  ) as unknown[];
  const forged = (place: unknown): string => Buffer.from(JSON.stringify([2, own[1], place])).toString('base64url');
  for (const text of [
    'garbage',
    '',
    forged(null),
    forged({ at: { branch: -1 } }),
    forged({ at: { branch: 0, more: 1 } }),
  ])
    assert.throws(() => readPageToken(text, question), invalid(/listEntitiesPageToken/));
});
