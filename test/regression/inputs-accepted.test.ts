/** Inputs that are accepted, and the parameters that Stripe gets. https://docs.stripe.com/api */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '../../shared/catalog/types.ts';
import { parseExactJson } from '../../shared/json/exact-json.ts';
import { toParams } from '../../shared/operations/request/params/params.ts';
import { rules } from './input-rules.ts';

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

test('with another API version unknown names and values are sent to Stripe', () => {
  const params = toParams(
    { Amount: 1, NewThing: 'x', CaptureMethod: 'later' },
    rules('PaymentIntent', 'Create', false),
  );
  assert.deepEqual(params, { amount: 1, new_thing: 'x', capture_method: 'later' });
});
