/** Inputs that are rejected, by the name of the field and with the reason. https://docs.stripe.com/api */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '../../shared/catalog/types.ts';
import { toParams } from '../../shared/operations/request/params/params.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { rules } from './input-rules.ts';

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
    'a time is reported as a time',
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
  ['invalid JSON text is rejected', 'Customer', 'Create', { Address: '{city' }, /Address: must be an object/],
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
