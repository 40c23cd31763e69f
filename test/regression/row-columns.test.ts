/** Columns of rows: their kinds, and clauses on them. https://docs.stripe.com/api */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addedColumns, rowColumns } from '../../shared/catalog/row-columns.ts';
import { planClause } from '../../shared/operations/list/plan.ts';
import { columnsOf } from '../../shared/schema/columns.ts';
import { describeEntity } from '../../shared/schema/entity.ts';
import { entityTool } from '../../shared/schema/tool.ts';
import { matches } from '../../shared/query/evaluate.ts';
import { type Tree, catalog, rowOf } from './row-of.ts';
import { TOOL_CONNECTION } from '../support/connector-deps.ts';

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
    const found = columnsOf(catalog.entity(name)).find((one) => one.name === column);
    assert.deepEqual([found?.kind, found?.inRows], [kind, true]);
  });

test('a clause may name a column inside an included resource: declared, and in no row', () => {
  const item = catalog.entity('SubscriptionItem');
  const inside = columnsOf(item).find(({ name }) => name === 'PriceUnitAmount');
  assert.deepEqual([inside?.inRows, inside?.filter, inside?.kind], [false, 'here', 'integer']);
  assert.ok(!Object.hasOwn(rowOf({ price: { unit_amount: 5 } }, {}, item), 'PriceUnitAmount'));
});

test('a tool lists the columns of rows and, separately, those for clauses only', () => {
  const { description } = entityTool(describeEntity(catalog.entity('ProductFeature')), 'List', TOOL_CONNECTION);
  const [columns = '', terms = ''] = description.split('; only in a clause: ');
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
    const entity = catalog.entity(name);
    const plan = planClause(entity, entity.operations.List!, clause, { eventual: false });
    assert.equal(matches(plan.where!, object), wanted);
    const [branch] = plan.paths;
    assert.ok(branch?.source.by === 'list');
    assert.deepEqual(branch.source.params, params);
  });

test('computes the columns of an entity once', () => {
  const customer = catalog.entity('Customer');
  assert.equal(rowColumns(customer.fields), rowColumns(customer.fields));
  assert.equal(addedColumns(customer), addedColumns(customer));
});
