/** Rows of Stripe's objects: expanded references, selected fields, deleted objects. https://docs.stripe.com/api/expanding_objects */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallContext } from '../../shared/stripe/call-context.ts';
import { columnsOf } from '../../shared/schema/columns.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { type Tree, catalog, rowOf } from './row-of.ts';

const EMPTY = {
  Id: 'x_1',
  AddressCity: null,
  AddressPoBox: null,
  Buyer: null,
  BuyerEmail: null,
  CardBrand: null,
  CardPresentBrand: null,
  FailureMethod: null,
  FailureMethodType: null,
  Metadata: null,
  Price: null,
  Source: null,
  Tags: null,
};

const rows: [sentence: string, object: Tree, columns: Tree][] = [
  ['what Stripe leaves out is null', {}, {}],
  [
    'objects are joined, types stay',
    { address: { city: 'Rome', po_box: '5' } },
    { AddressCity: 'Rome', AddressPoBox: '5' },
  ],
  ['an object that is null is its columns, null', { address: null, card: null }, {}],
  ['maps and arrays are one value', { metadata: { a: '1' }, tags: ['x'] }, { Metadata: { a: '1' }, Tags: ['x'] }],
  ['a reference is its id', { buyer: 'b_1' }, { Buyer: 'b_1' }],
  ['a reference that Stripe expanded unasked is its id', { buyer: { id: 'b_1', email: 'a@b.c' } }, { Buyer: 'b_1' }],
  [
    'a whole resource is one JSON value, and its keys meet no column',
    { failure: { method: { id: 'm_1', type: 'card' }, method_type: 'sepa' }, price: { id: 'p_1', amount: 5 } },
    {
      FailureMethod: { id: 'm_1', type: 'card' },
      FailureMethodType: 'sepa',
      Price: { id: 'p_1', amount: 5 },
    },
  ],
  ['a field that the catalog does not know is no column', { new_thing: { x: 1 }, address: { planet: 'Mars' } }, {}],
  ['a value where an object was is no column', { address: 'Rome', __proto__: 1 }, {}],
];

for (const [sentence, object, columns] of rows)
  test(`a row: ${sentence}`, () => assert.deepEqual(rowOf({ id: 'x_1', ...object }), { ...EMPTY, ...columns }));

const buyer = { id: 'b_1', object: 'buyer', email: 'today@b.c', home: { city: 'Oslo' }, shop: 's_1' };

const BUYER = {
  'Buyer.Id': 'b_1',
  'Buyer.Object': 'buyer',
  'Buyer.Deleted': null,
  'Buyer.Email': 'today@b.c',
  'Buyer.HomeCity': 'Oslo',
  'Buyer.Shop': 's_1',
};

const NO_BUYER = Object.fromEntries(Object.keys(BUYER).map((name) => [name, null]));

// https://docs.stripe.com/api/expanding_objects
const expansions: [sentence: string, expand: string[], object: Tree, columns: Tree][] = [
  [
    'the reference keeps the id, its columns follow with a dot',
    ['buyer'],
    { buyer, buyer_email: 'then@b.c' },
    { Buyer: 'b_1', BuyerEmail: 'then@b.c', ...BUYER },
  ],
  ['the columns stand where there is nothing to expand', ['buyer'], { buyer: null }, NO_BUYER],
  [
    'a deleted object has every column',
    ['buyer'],
    { buyer: { id: 'b_1', object: 'buyer', deleted: true } },
    { ...NO_BUYER, Buyer: 'b_1', 'Buyer.Id': 'b_1', 'Buyer.Object': 'buyer', 'Buyer.Deleted': true },
  ],
  [
    'one behind another',
    ['buyer.shop'],
    { buyer: { ...buyer, shop: { id: 's_1', object: 'shop', name: 'Nine' } } },
    { Buyer: 'b_1', ...BUYER, 'Buyer.Shop.Id': 's_1', 'Buyer.Shop.Object': 'shop', 'Buyer.Shop.Name': 'Nine' },
  ],
  [
    'of several kinds, the one that came; the columns of the others are null',
    ['source'],
    { source: { id: 's_1', object: 'shop', name: 'Nine' } },
    {
      ...Object.fromEntries(Object.keys(BUYER).map((name) => [name.replace('Buyer', 'Source'), null])),
      Source: 's_1',
      'Source.Id': 's_1',
      'Source.Object': 'shop',
      'Source.Name': 'Nine',
    },
  ],
  [
    'what is no reference adds no column',
    ['price', 'tags', 'nothing.at.all'],
    { price: { id: 'p_1' } },
    { Price: { id: 'p_1' } },
  ],
];

for (const [sentence, expand, object, columns] of expansions)
  test(`expand: ${sentence}`, () =>
    assert.deepEqual(rowOf({ id: 'x_1', ...object }, { expand }), { ...EMPTY, ...columns }));

const picks: [sentence: string, call: Partial<CallContext>, row: Tree | RegExp][] = [
  ['columns, in the order asked for', { fields: ['Tags', 'Id'] }, { Tags: null, Id: 'x_1' }],
  [
    'an object with all that is joined from it, and no column that only begins so',
    { fields: ['Card'] },
    { CardBrand: 'visa' },
  ],
  ['a reference is its id alone', { fields: ['Buyer'], expand: ['buyer'] }, { Buyer: 'b_1' }],
  ['a column of what is expanded', { fields: ['Buyer.Email'], expand: ['buyer'] }, { 'Buyer.Email': 'today@b.c' }],
  ['an object of what is expanded', { fields: ['Buyer.Home'], expand: ['buyer'] }, { 'Buyer.HomeCity': 'Oslo' }],
  [
    'a column of what is not expanded',
    { fields: ['Buyer.Email'] },
    /Buyer\.Email is not a column of Order; expand names buyer/,
  ],
  [
    'what is inside a whole resource',
    { fields: ['PriceAmount'] },
    /PriceAmount is not a column .*; it is part of Price, which is one JSON value/,
  ],
  ['another name', { fields: ['Tagz'] }, /Tagz is not a column of Order; did you mean Tags\?/],
];

const picked = { id: 'x_1', buyer, card: { brand: 'visa' }, card_present: { brand: 'amex' } };

for (const [sentence, call, wanted] of picks)
  test(`fields: ${sentence}`, () => {
    if (!(wanted instanceof RegExp))
      return assert.deepEqual(Object.entries(rowOf(picked, call)), Object.entries(wanted));
    return assert.throws(
      () => rowOf(picked, call),
      (error) => isConnectorError(error) && wanted.test(JSON.stringify([error.message, error.details.violations])),
    );
  });

test("native is Stripe's object, unchanged", () => {
  const object = { id: 'x_1', new_thing: 1, deleted: true };
  assert.equal(rowOf(object, { outputFormat: 'native' }), object);
});

// https://docs.stripe.com/api/customers/delete: Get answers a deleted customer with deleted: true and little else.
test('a deleted customer has every column, Deleted among them', () => {
  const customer = catalog.entity('Customer');
  const gone = { id: 'cus_1', object: 'customer', deleted: true };
  const row = rowOf(gone, {}, customer);
  assert.deepEqual(Object.keys(row).sort(), Object.keys(rowOf({ id: 'cus_2' }, {}, customer)).sort());
  assert.equal(row['Deleted'], true);
  assert.deepEqual(rowOf(gone, { fields: ['Deleted'] }, customer), { Deleted: true });
  assert.equal(columnsOf(customer).find(({ name }) => name === 'Deleted')?.kind, 'boolean');
});

test("a parent is a column of a nested row; Stripe's own field takes precedence", () => {
  const summary = catalog.entity('Billing.MeterEventSummary');
  assert.equal(rowOf({}, {}, summary, { meter: 'mtr_1' })['Meter'], 'mtr_1');
  const card = catalog.entity('Card');
  assert.equal(rowOf({ id: 'card_1' }, {}, card, { customer: 'cus_1' })['Customer'], 'cus_1');
  assert.equal(rowOf({ id: 'card_1', customer: null }, {}, card, { customer: 'cus_1' })['Customer'], null);
});

// https://docs.stripe.com/api/invoices/object#invoice_object-parent: where newer versions keep the subscription.
test('an invoice has the subscription column that a clause filters by', () => {
  const invoice = catalog.entity('Invoice');
  const parent = { type: 'subscription_details', subscription_details: { subscription: 'sub_1' } };
  const subscriptionOf = (object: Tree): unknown => rowOf(object, {}, invoice)['Subscription'];
  assert.equal(subscriptionOf({ parent }), 'sub_1');
  assert.equal(
    subscriptionOf({ parent: { ...parent, subscription_details: { subscription: { id: 'sub_1' } } } }),
    'sub_1',
  );
  assert.equal(subscriptionOf({ parent, subscription: null }), null);
  assert.equal(subscriptionOf({}), null);
});
