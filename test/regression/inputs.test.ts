import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import type { Operation } from '../../shared/catalog/types.ts';
import { parseExactJson } from '../../shared/json/exact-json.ts';
import { toParams, type InputRules } from '../../shared/operations/request/params/params.ts';
import { isConnectorError } from '../../shared/errors.ts';

const catalogue = catalogFiles(path.resolve('shared/catalog'));

function rules(entity: string, operation: Operation, strict = true): InputRules {
  const row = catalogue.entity(entity).operations[operation];
  assert.ok(row);
  return { entity, fields: row.params, kind: operation === 'Update' ? 'update' : 'create', strict };
}

const accepted: [
  sentence: string,
  entity: string,
  operation: Operation,
  input: Record<string, unknown>,
  params: unknown,
][] = [
  [
    'flattened names become nested parameters',
    'Customer',
    'Create',
    { AddressCity: 'Rome', AddressLine1: 'a' },
    { address: { city: 'Rome', line1: 'a' } },
  ],
  [
    'a nested object may be JSON',
    'Customer',
    'Create',
    { Address: { City: 'Rome', line1: 'a' } },
    { address: { city: 'Rome', line1: 'a' } },
  ],
  [
    'a nested object may be JSON text',
    'Customer',
    'Create',
    { Address: '{"city":"Rome"}' },
    { address: { city: 'Rome' } },
  ],
  [
    'an amount of 1500.0 is 1500',
    'PaymentIntent',
    'Create',
    { Amount: 1500.0, Currency: 'usd' },
    { amount: 1500, currency: 'usd' },
  ],
  [
    'an amount may be text',
    'PaymentIntent',
    'Create',
    { Amount: '1500.0', Currency: 'usd' },
    { amount: 1500, currency: 'usd' },
  ],
  [
    'a boolean may be text',
    'PaymentIntent',
    'Create',
    { Amount: 1, Currency: 'usd', Confirm: 'true' },
    { amount: 1, currency: 'usd', confirm: true },
  ],
  ['an array may be JSON text', 'Customer', 'Create', { PreferredLocales: '["it"]' }, { preferred_locales: ['it'] }],
  ['null clears a field in an Update', 'Customer', 'Update', { Name: null }, { name: '' }],
  [
    'null clears in a Create what can be empty',
    'Customer',
    'Create',
    { Shipping: null, Metadata: null },
    { shipping: '', metadata: '' },
  ],
  [
    'an empty text clears what can be empty, as null does',
    'Customer',
    'Update',
    { Metadata: '', Shipping: '', Address: null, Description: '' },
    { metadata: '', shipping: '', address: '', description: '' },
  ],
  [
    'an empty text clears a number, a list and a choice that can be empty',
    'Subscription',
    'Update',
    { CancelAt: '', DefaultTaxRates: '', Discounts: null },
    { cancel_at: '', default_tax_rates: '', discounts: '' },
  ],
  [
    'an object without fields may be empty: type=affirm needs it',
    'PaymentMethod',
    'Create',
    { Type: 'affirm', Affirm: {} },
    { type: 'affirm', affirm: {} },
  ],
  ['an Update of nothing is sent', 'Customer', 'Update', {}, {}],
  [
    'an open enumeration takes a value beyond its list',
    'PaymentIntent',
    'Create',
    { Amount: 1, Currency: 'usd', CaptureMethod: 'later', ExcludedPaymentMethodTypes: ['shells'] },
    { amount: 1, currency: 'usd', capture_method: 'later', excluded_payment_method_types: ['shells'] },
  ],
  [
    'a card token pays, as the error text of Stripe says (stripe-node#1264)',
    'PaymentIntent',
    'Create',
    { Amount: 1, Currency: 'usd', PaymentMethodData: { type: 'card', card: { token: 'tok_mastercard' } } },
    { amount: 1, currency: 'usd', payment_method_data: { type: 'card', card: { token: 'tok_mastercard' } } },
  ],
  [
    'a card token sets up (docs.stripe.com/api/setup_intents/create: payment_method_data[type] card)',
    'SetupIntent',
    'Create',
    { PaymentMethodData: { type: 'card' } },
    { payment_method_data: { type: 'card' } },
  ],
  [
    'JSON text of an object is the object where a text may stand too',
    'PaymentLink',
    'Create',
    { LineItems: [{ quantity: 1, price_data: { currency: 'usd', product_data: '{"name":"a"}' } }] },
    { line_items: [{ quantity: 1, price_data: { currency: 'usd', product_data: { name: 'a' } } }] },
  ],
  [
    'a written number keeps its digits in a text (docs.stripe.com/metadata: values are texts)',
    'Customer',
    'Create',
    { Metadata: parseExactJson('{"v":2.50,"w":1e3,"x":-0,"y":7.0}')?.value },
    { metadata: { v: '2.50', w: '1000', x: '0', y: '7.0' } },
  ],
  [
    'a number in a form has no exponent (stripe-cli#585)',
    'TaxRate',
    'Create',
    { DisplayName: 'a', Inclusive: false, Percentage: 2.5e-7 },
    { display_name: 'a', inclusive: false, percentage: '0.00000025' },
  ],
  ['minus nothing is nothing', 'Customer', 'Create', { Balance: -0 }, { balance: 0 }],
  [
    'a metadata key is removed by null',
    'Customer',
    'Update',
    { Metadata: { a: null, b: 1 } },
    { metadata: { a: '', b: '1' } },
  ],
  [
    'an empty list clears what can be empty',
    'Product',
    'Update',
    { Images: [], MarketingFeatures: '[]' },
    { images: '', marketing_features: '' },
  ],
  [
    'an invoice item may be negative: Stripe means a credit',
    'InvoiceItem',
    'Create',
    { Customer: 'cus_1', Amount: -500, Currency: 'usd' },
    { customer: 'cus_1', amount: -500, currency: 'usd' },
  ],
  ['a balance may be negative: it is no amount', 'Customer', 'Create', { Balance: -500 }, { balance: -500 }],
  ['a percentage may be a fraction', 'Coupon', 'Create', { PercentOff: 12.5 }, { percent_off: 12.5 }],
  [
    'a decimal is text',
    'Price',
    'Create',
    { Currency: 'usd', UnitAmountDecimal: '0.5' },
    { currency: 'usd', unit_amount_decimal: '0.5' },
  ],
  [
    'a metadata key may be __proto__ and stays a key',
    'Customer',
    'Create',
    { Metadata: JSON.parse('{"__proto__":"x"}') as unknown },
    { metadata: JSON.parse('{"__proto__":"x"}') as unknown },
  ],
];

for (const [sentence, entity, operation, input, params] of accepted) {
  test(sentence, () => assert.deepEqual(toParams(input, rules(entity, operation)), params));
}

const refused: [
  sentence: string,
  entity: string,
  operation: Operation,
  input: Record<string, unknown>,
  message: RegExp,
][] = [
  [
    'an unknown name suggests the nearest',
    'PaymentIntent',
    'Create',
    { Amount: 1, Currency: 'usd', PaymentMethd: 'x' },
    /PaymentMethd: is not an input of PaymentIntent; did you mean PaymentMethod\?/,
  ],
  [
    'an inner unknown name suggests the nearest',
    'Customer',
    'Create',
    { Address: { citty: 'Rome' } },
    /Address\.citty: .*did you mean city\?/,
  ],
  [
    'a fraction of a cent is refused',
    'PaymentIntent',
    'Create',
    { Amount: 1500.5, Currency: 'usd' },
    /Amount: must be an integer/,
  ],
  [
    'text that is no number is refused',
    'PaymentIntent',
    'Create',
    { Amount: '1e3', Currency: 'usd' },
    /Amount: must be an integer/,
  ],
  [
    'a huge number is refused',
    'PaymentIntent',
    'Create',
    { Amount: 1e21, Currency: 'usd' },
    /Amount: must be an integer/,
  ],
  ['NaN is refused', 'PaymentIntent', 'Create', { Amount: NaN, Currency: 'usd' }, /Amount: must be an integer/],
  [
    'an empty amount is refused',
    'PaymentIntent',
    'Create',
    { Amount: '', Currency: 'usd' },
    /Amount: must be an integer/,
  ],
  [
    'a negative amount is refused',
    'PaymentIntent',
    'Create',
    { Amount: -1, Currency: 'usd' },
    /Amount: must not be negative/,
  ],
  [
    'a negative decimal amount is refused',
    'Price',
    'Create',
    { Currency: 'usd', UnitAmountDecimal: '-0.5' },
    /UnitAmountDecimal: must not be negative/,
  ],
  [
    'a negative inner amount is refused',
    'PaymentIntent',
    'Create',
    { Amount: 5, Currency: 'usd', TransferData: { destination: 'acct_1', amount: -1 } },
    /TransferData\.amount: must not be negative/,
  ],
  [
    'a float where decimals are text is refused',
    'Price',
    'Create',
    { Currency: 'usd', UnitAmountDecimal: 0.1 },
    /UnitAmountDecimal: must be a decimal number as a string/,
  ],
  [
    'a wrong enum value lists the right ones',
    'PaymentIntent',
    'Create',
    { Amount: 1, Currency: 'usd', PaymentMethodOptions: { card: { capture_method: 'manuel' } } },
    /PaymentMethodOptions\.card\.capture_method: must be one of manual; did you mean manual\?/,
  ],
  [
    'an open enumeration takes no empty text',
    'PaymentIntent',
    'Create',
    { Amount: 1, Currency: 'usd', CaptureMethod: '' },
    /CaptureMethod: must be a non-empty string/,
  ],
  [
    'null is refused in a Create where nothing can be empty',
    'Customer',
    'Create',
    { Name: null },
    /Name: must not be null/,
  ],
  ['null clears no truth value', 'Product', 'Update', { Active: null }, /Active: must not be null/],
  ['null clears no amount', 'PaymentIntent', 'Update', { Amount: null }, /Amount: must not be null/],
  ['null clears no list', 'Subscription', 'Update', { Items: null }, /Items: must not be null/],
  ['an empty list clears no list', 'Subscription', 'Update', { Items: [] }, /Items: must not be empty/],
  [
    'an empty object is nothing in a form',
    'Customer',
    'Update',
    { InvoiceSettings: {} },
    /InvoiceSettings: must not be empty/,
  ],
  ['an empty map clears nothing', 'Customer', 'Update', { Metadata: {} }, /Metadata: must not be empty.*null/],
  [
    'an object without fields is no text',
    'PaymentMethod',
    'Create',
    { Type: 'alipay', Alipay: 'yes' },
    /Alipay: must be an object/,
  ],
  [
    'an object without fields has none',
    'PaymentMethod',
    'Create',
    { Type: 'alipay', Alipay: { fast: true } },
    /Alipay\.fast: is not an input/,
  ],
  [
    'half of a surrogate pair is no text',
    'Customer',
    'Create',
    { Metadata: { a: 'x\udc00' } },
    /Metadata\.a: has a lone surrogate/,
  ],
  [
    'a number that a double rounds is no text',
    'Customer',
    'Create',
    { Description: 2 ** 60 },
    /Description: has more digits/,
  ],
  [
    'JSON text names a key once',
    'Customer',
    'Create',
    { Address: '{"city":"Rome","city":"Pisa"}' },
    /Address: city in the JSON string is repeated/,
  ],
  [
    'digits of a text are kept or refused',
    'Coupon',
    'Create',
    { PercentOff: '33.333333333333333333' },
    /PercentOff: has more digits/,
  ],
  [
    'a moment is told as a moment',
    'Invoice',
    'Create',
    { Customer: 'cus_1', DueDate: '2027-01-02T00:00:00Z' },
    /DueDate: must be an integer, the time in seconds/,
  ],
  [
    'a quantity is no amount',
    'InvoiceItem',
    'Create',
    { Customer: 'cus_1', Quantity: 2.5 },
    /Quantity: must be an integer$/,
  ],
  [
    'a decimal is no word',
    'Climate.Order',
    'Create',
    { Product: 'climsku_1', MetricTons: 'some' },
    /MetricTons: must be a decimal number/,
  ],
  ['an Update needs what Stripe requires', 'Issuing.Token', 'Update', {}, /Status: is required/],
  ['a missing required input is named', 'PaymentIntent', 'Create', {}, /Amount: is required; Currency: is required/],
  [
    'a missing inner required input is named',
    'Customer',
    'Create',
    { Shipping: { name: 'x' } },
    /Shipping\.address: is required/,
  ],
  [
    'a whole and its part together are refused',
    'Customer',
    'Create',
    { Address: { city: 'a' }, AddressCity: 'b' },
    /AddressCity: must not be combined with Address/,
  ],
  ['JSON text that is none is refused', 'Customer', 'Create', { Address: '{city' }, /Address: must be an object/],
  ['an array where an object belongs is refused', 'Customer', 'Create', { Address: [] }, /Address: must be an object/],
  [
    'a number where a list belongs is refused',
    'Customer',
    'Create',
    { PreferredLocales: 5 },
    /PreferredLocales: must be an array/,
  ],
];

for (const [sentence, entity, operation, input, message] of refused) {
  test(sentence, () => {
    assert.throws(
      () => toParams(input, rules(entity, operation)),
      (error) => isConnectorError(error) && error.status === 'INVALID_ARGUMENT' && message.test(error.message),
    );
  });
}

test('with another API version unknown names and values pass to Stripe', () => {
  const params = toParams(
    { Amount: 1, NewThing: 'x', CaptureMethod: 'later' },
    rules('PaymentIntent', 'Create', false),
  );
  assert.deepEqual(params, { amount: 1, new_thing: 'x', capture_method: 'later' });
});
