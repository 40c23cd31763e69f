/** Rows of entities: which columns they have, and what stands in them. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { addedColumns, rowColumns } from '../../shared/catalog/row-columns.ts';
import type { Entity, Fields } from '../../shared/catalog/types.ts';
import type { CallContext } from '../../shared/stripe/call-context.ts';
import { planClause } from '../../shared/operations/list/plan.ts';
import { rowMapper } from '../../shared/operations/rows/row-mapper.ts';
import { columnsOf } from '../../shared/schema/columns.ts';
import { describeEntity } from '../../shared/schema/entity.ts';
import { entityTool } from '../../shared/schema/tool.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { matches } from '../../shared/query/evaluate.ts';

type Tree = Record<string, unknown>;

const catalogue = catalogFiles(path.resolve('shared/catalog'));

const FIELDS: Fields = {
  id: { type: 'string' },
  address: {
    type: { object: { city: { type: 'string', nullable: true }, po_box: { type: 'string', optional: true } } },
    nullable: true,
  },
  buyer: { type: { reference: 'Buyer' }, nullable: true },
  // Its name begins as that of the reference does: airbytehq/airbyte#2055, #8553 (nested and own columns collide).
  buyer_email: { type: 'string', nullable: true },
  card: { type: { object: { brand: { type: 'string' } } }, optional: true },
  card_present: { type: { object: { brand: { type: 'string' } } }, optional: true },
  failure: {
    type: {
      object: {
        method: { type: { reference: 'Method' }, optional: true, inlined: true },
        method_type: { type: 'string', optional: true },
      },
    },
    nullable: true,
  },
  metadata: { type: { map: 'string' } },
  price: { type: { object: { id: { type: 'string' }, amount: { type: 'integer' } } }, inlined: true },
  source: { type: { reference: 'Buyer', also: ['Shop'] }, nullable: true },
  tags: { type: { array: 'string' } },
};
const OTHERS: Record<string, Fields> = {
  Buyer: {
    id: { type: 'string' },
    object: { type: { enum: ['buyer'] } },
    deleted: { type: 'boolean', nullable: true, optional: true },
    email: { type: 'string', nullable: true },
    home: { type: { object: { city: { type: 'string' } } }, nullable: true },
    shop: { type: { reference: 'Shop' }, nullable: true },
  },
  Shop: { id: { type: 'string' }, object: { type: { enum: ['shop'] } }, name: { type: 'string' } },
};
const order: Entity = { entity: 'Order', object: 'order', singleton: false, operations: {}, fields: FIELDS };

function rowOf(
  object: Tree,
  call: Partial<CallContext> = {},
  entity = order,
  parents: Record<string, string> = {},
): Tree {
  const fieldsOf = (name: string): Fields | undefined => OTHERS[name] ?? catalogue.fieldsOf(name);
  return rowMapper(entity, 'Get', call as CallContext, fieldsOf)(object, parents) as Tree;
}

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
  ['what the catalogue does not know is no column', { new_thing: { x: 1 }, address: { planet: 'Mars' } }, {}],
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

test('native is what Stripe sent, itself', () => {
  const object = { id: 'x_1', new_thing: 1, deleted: true };
  assert.equal(rowOf(object, { outputFormat: 'native' }), object);
});

// https://docs.stripe.com/api/customers/delete: Get answers a deleted customer with deleted: true and little else.
test('a deleted customer has every column, Deleted among them', () => {
  const customer = catalogue.entity('Customer');
  const gone = { id: 'cus_1', object: 'customer', deleted: true };
  const row = rowOf(gone, {}, customer);
  assert.deepEqual(Object.keys(row).sort(), Object.keys(rowOf({ id: 'cus_2' }, {}, customer)).sort());
  assert.equal(row['Deleted'], true);
  assert.deepEqual(rowOf(gone, { fields: ['Deleted'] }, customer), { Deleted: true });
  assert.equal(columnsOf(customer).find(({ name }) => name === 'Deleted')?.kind, 'boolean');
});

test('a parent is a column of a nested row; what Stripe sent stands before it', () => {
  const summary = catalogue.entity('Billing.MeterEventSummary');
  assert.equal(rowOf({}, {}, summary, { meter: 'mtr_1' })['Meter'], 'mtr_1');
  const card = catalogue.entity('Card');
  assert.equal(rowOf({ id: 'card_1' }, {}, card, { customer: 'cus_1' })['Customer'], 'cus_1');
  assert.equal(rowOf({ id: 'card_1', customer: null }, {}, card, { customer: 'cus_1' })['Customer'], null);
});

// https://docs.stripe.com/api/invoices/object#invoice_object-parent: where newer versions keep the subscription.
test('an invoice names the subscription that a clause finds it by', () => {
  const invoice = catalogue.entity('Invoice');
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

const kinds: [entity: string, column: string, kind: string][] = [
  // Stripe's OpenAPI document has `number` here, `integer` elsewhere.
  ['Review', 'IpAddressLocationLatitude', 'number'],
  ['Review', 'IpAddressLocationLongitude', 'number'],
  ['Billing.MeterEventSummary', 'AggregatedValue', 'number'],
  ['Coupon', 'PercentOff', 'number'],
  ['Coupon', 'AmountOff', 'integer'],
  // Always inlined: https://docs.stripe.com/api/payment_intents/object#payment_intent_object-last_payment_error
  ['PaymentIntent', 'LastPaymentErrorPaymentMethod', 'json'],
  ['PaymentIntent', 'LastPaymentErrorPaymentMethodType', 'text'],
  ['Issuing.Authorization', 'Card', 'json'],
  ['SubscriptionItem', 'Price', 'json'],
  ['PaymentIntent', 'Customer', 'text'],
  // One collection of several kinds of object: the columns of each.
  ['ExternalAccount', 'RoutingNumber', 'text'],
  ['ExternalAccount', 'ExpMonth', 'integer'],
  ['CustomerSource', 'AchCreditTransferBankName', 'text'],
];
for (const [name, column, kind] of kinds)
  test(`${name} declares ${column} as ${kind}, in rows`, () => {
    const found = columnsOf(catalogue.entity(name)).find((one) => one.name === column);
    assert.deepEqual([found?.kind, found?.inRows], [kind, true]);
  });

test('a clause may still name what is inside a whole resource: declared, and in no row', () => {
  const item = catalogue.entity('SubscriptionItem');
  const inside = columnsOf(item).find(({ name }) => name === 'PriceUnitAmount');
  assert.deepEqual([inside?.inRows, inside?.filter, inside?.kind], [false, 'here', 'integer']);
  assert.ok(!Object.hasOwn(rowOf({ price: { unit_amount: 5 } }, {}, item), 'PriceUnitAmount'));
});

test('a tool tells the columns of rows, and apart from them what a clause alone may name', () => {
  const { description } = entityTool(describeEntity(catalogue.entity('ProductFeature')), 'List', true);
  const [columns = '', terms = ''] = description.split('; in a clause alone: ');
  assert.match(columns, /\bEntitlementFeature\b/);
  assert.doesNotMatch(columns, /EntitlementFeatureName/);
  assert.match(terms, /\bEntitlementFeatureName\b/);
});

// https://docs.stripe.com/api/issuing/authorizations/list: card is a filter; the object has the whole card.
const clauses: [entity: string, clause: string, object: Tree, meets: boolean, params: Tree][] = [
  ['Issuing.Authorization', "Card = 'ic_1'", { card: { id: 'ic_1' } }, true, { card: 'ic_1' }],
  ['Issuing.Authorization', "Card = 'ic_1'", { card: { id: 'ic_2' } }, false, { card: 'ic_1' }],
  ['Issuing.Card', "Cardholder = 'ich_1'", { cardholder: { id: 'ich_1' } }, true, { cardholder: 'ich_1' }],
  ['Charge', "Source = 'card_1'", { source: { id: 'card_1' } }, true, {}],
  ['Customer', "DiscountId = 'di_1'", { discount: { id: 'di_1' } }, true, {}],
  [
    'PaymentIntent',
    "LastPaymentErrorPaymentMethod = 'pm_1'",
    { last_payment_error: { payment_method: { id: 'pm_1' } } },
    true,
    {},
  ],
  ['PaymentIntent', 'Customer IS NULL', { customer: null }, true, {}],
];
for (const [name, clause, object, wanted, params] of clauses)
  test(`${name}: ${clause}, of ${JSON.stringify(object)}`, () => {
    const entity = catalogue.entity(name);
    const plan = planClause(entity, entity.operations.List!, clause, { eventual: false });
    assert.equal(matches(plan.where!, object), wanted);
    const [branch] = plan.branches;
    assert.ok(branch?.source.by === 'list');
    assert.deepEqual(branch.source.params, params);
  });

test('the columns of an entity are worked out once', () => {
  const customer = catalogue.entity('Customer');
  assert.equal(rowColumns(customer.fields), rowColumns(customer.fields));
  assert.equal(addedColumns(customer), addedColumns(customer));
});
