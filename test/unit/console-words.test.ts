/** What the console computes without a browser: search, clauses, amounts, ids, files, what it keeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ColumnDescriptor } from '../../shared/schema/columns.ts';
import { completeClause, conditionText, withCondition } from '../../shared/console/entity/clause.ts';
import { formatRows } from '../../shared/console/format/export.ts';
import { isAmountName, minorUnits, formatMoney } from '../../shared/console/format/money.ts';
import { withoutSecrets } from '../../shared/console/format/secrets.ts';
import { isIdLike, searchKeys } from '../../shared/console/format/words.ts';
import { paletteItems } from '../../shared/console/shell/palette-items.ts';
import { hashOf, parseHash } from '../../shared/console/state/hash.ts';
import { commandSnippet, curlSnippet, deployedCurlSnippet } from '../../shared/console/form/snippets/shell.ts';
import { workflowSnippet } from '../../shared/console/form/snippets/cloud.ts';
import { parse } from 'yaml';

const OFFER = {
  entities: [
    { name: 'PaymentIntent', operations: ['List', 'Get', 'Create'], idPrefix: 'pi' },
    { name: 'Refund', operations: ['List', 'Get'], idPrefix: 're' },
    { name: 'Invoice', operations: ['List', 'Get'], idPrefix: 'in' },
  ],
  actions: [
    { name: 'ConfirmPaymentIntent', title: 'Confirm Payment Intent', entity: 'PaymentIntent', readOnly: false },
    { name: 'PayInvoice', title: 'Pay Invoice', entity: 'Invoice', readOnly: false },
  ],
};

const FIRST: readonly (readonly [text: string, hash: string])[] = [
  ['payment intent', '#/entity/PaymentIntent'],
  ['payment_intent', '#/entity/PaymentIntent'],
  ['PaymentIntent', '#/entity/PaymentIntent'],
  ['/v1/payment_intents', '#/entity/PaymentIntent'],
  ['/v1/payment_intents/pi_3MtwBwLkdIwHu7ix/confirm', '#/action/ConfirmPaymentIntent'],
  ['POST https://api.stripe.com/v1/refunds'.replace('POST ', ''), '#/entity/Refund'],
  ['pi_3MtwBwLkdIwHu7ix', '#/object/PaymentIntent/pi_3MtwBwLkdIwHu7ix'],
  ['pay an invoice', '#/action/PayInvoice'],
  ['80b3b545-a278-42f2-9351-957ba7c9ef97', '#/operations/80b3b545-a278-42f2-9351-957ba7c9ef97'],
];

for (const [text, hash] of FIRST)
  test(`the palette finds ${text}`, () => assert.equal(paletteItems(text, OFFER, [])[0]?.hash, hash));

test('a word with an underscore is not an id', () => {
  assert.equal(isIdLike('payment_intent'), false);
  assert.equal(isIdLike('cus_9s6XKzkNRiz8i3'), true);
  assert.deepEqual(searchKeys('/v1/checkout/sessions'), ['sessionscheckout', 'checkoutsession', 'checkout']);
});

const column = (
  name: string,
  kind: ColumnDescriptor['kind'],
  more: Partial<ColumnDescriptor> = {},
): ColumnDescriptor => ({
  name,
  kind,
  key: false,
  nullable: true,
  readOnly: false,
  filter: 'here',
  sortable: true,
  inRows: true,
  ...more,
});
const COLUMNS = [
  column('Status', 'enum', { enum: ['succeeded', "it's"] }),
  column('Amount', 'integer'),
  column('Email', 'text', { filter: 'stripe' }),
];

const COMPLETED: readonly (readonly [clause: string, first: string])[] = [
  ['', 'Email '],
  ['Sta', 'Status '],
  ['Status ', 'Status = '],
  ['Status = ', "Status = 'succeeded' "],
  ["Status = 'succeeded' ", "Status = 'succeeded' AND "],
  ["Status = 'succeeded' AND Am", "Status = 'succeeded' AND Amount "],
];

for (const [clause, first] of COMPLETED)
  test(`a clause is completed after ${JSON.stringify(clause)}`, () =>
    assert.equal(completeClause(clause, COLUMNS)[0]?.clause, first));

test('a condition quotes texts and leaves numbers', () => {
  const [status, amount] = COLUMNS as [ColumnDescriptor, ColumnDescriptor];
  assert.equal(conditionText(status, '=', "it's"), "Status = 'it''s'");
  assert.equal(conditionText(amount, '>', '1000'), 'Amount > 1000');
  assert.equal(conditionText(status, 'IN', 'a, b'), "Status IN ('a', 'b')");
  assert.equal(conditionText(status, 'IS NULL', ''), 'Status IS NULL');
  assert.equal(withCondition(' Amount > 1 ', 'Amount < 5'), 'Amount > 1 AND Amount < 5');
});

test('amounts have the decimals of their currency', () => {
  // https://docs.stripe.com/currencies
  assert.equal(formatMoney(1500, 'usd'), '$15.00');
  assert.equal(formatMoney(1500, 'jpy'), '¥1,500');
  assert.equal(formatMoney(1500, 'kwd')?.replace(/\s/, ' '), 'KWD 1.500');
  assert.equal(formatMoney(1500, undefined), undefined);
  assert.equal(minorUnits('15.00', 'usd'), 1500);
  assert.equal(minorUnits('15,5', 'usd'), 1550);
  assert.equal(minorUnits('15.5', 'jpy'), undefined);
  assert.ok(isAmountName('AmountReceived') && isAmountName('unit_amount') && isAmountName('Balance'));
  assert.ok(!isAmountName('AmountPercent') && !isAmountName('UnitAmountDecimal') && !isAmountName('Account'));
});

test('what a form keeps has no card data', () => {
  const kept = withoutSecrets({
    Type: 'card',
    Card: { number: '4242424242424242', cvc: '123', exp_month: 12 },
    Note: '4242 4242 4242 4242',
    Items: [{ price: 'price_1', account_number: '1' }],
  });
  assert.deepEqual(kept, { Type: 'card', Card: {}, Items: [{ price: 'price_1' }] });
});

test('files quote fields and contain no formula', () => {
  const rows = [{ Id: 'a', Name: 'x, "y"', Note: '=1+1', Metadata: { a: '1' } }];
  assert.equal(
    formatRows(rows, ['Id', 'Name', 'Note', 'Metadata'], 'csv'),
    `Id,Name,Note,Metadata\r\na,"x, ""y""",'=1+1,"{""a"":""1""}"\r\n`,
  );
  assert.equal(formatRows(rows, ['Id', 'Absent'], 'ndjson'), '{"Id":"a","Absent":null}\n');
  assert.deepEqual(JSON.parse(formatRows(rows, ['Id'], 'json')), [{ Id: 'a' }]);
});

test('addresses keep their segments and parameters', () => {
  const hash = hashOf(['entity', 'Customer'], { filter: "Email = 'a&b'", sort: '' });
  const { segments, params } = parseHash(hash);
  assert.deepEqual(segments, ['entity', 'Customer']);
  assert.deepEqual([...params], [['filter', "Email = 'a&b'"]]);
  assert.deepEqual(parseHash(hashOf(['object', 'Card', 'cus_1/card_1'])).segments, ['object', 'Card', 'cus_1/card_1']);
  assert.deepEqual(parseHash('#/%').segments, ['%']);
});

test('a call as code has a quoted body, and never a token', () => {
  const call = {
    functionName: 'create-entity',
    body: { entity: 'Customer', connectorInputPayload: { Name: "O'Hara", Metadata: { 'a b': ['x', { c: 1 }] } } },
  };
  assert.match(curlSnippet(call, 'http://localhost:8080'), /O'"'"'Hara/);
  assert.match(deployedCurlSnippet(call), /Authorization: Bearer \$\(gcloud auth print-identity-token\)/);
  assert.match(commandSnippet(call, 'Customer.Create'), /^npx stripe-connector call Customer\.Create /);
  const [step] = parse(workflowSnippet(call)) as [{ call_stripe: { args: { body: unknown } } }];
  assert.deepEqual(step.call_stripe.args.body, call.body);
});
