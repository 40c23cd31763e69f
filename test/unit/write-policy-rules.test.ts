/** What the rows of the write policy are made of: the inputs that a rule names, and the message of a list. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALLOW_ALL, enforcePolicy } from '../../shared/stripe/write-policy/enforce.ts';
import { idsOf, inputValues } from '../../shared/stripe/write-policy/named-values.ts';
import { allowsOnly } from '../../shared/stripe/write-policy/rule.ts';
import type { Params, StripeRequest } from '../../shared/stripe/transport.ts';
import { reasonAndFields, thrownBy } from '../support/calls.ts';
import { CATALOG } from '../support/connector-deps.ts';

const write = (path: string, params: Params): { request: StripeRequest; money: () => never } => ({
  request: { method: 'POST', path, params },
  money: () => assert.fail('the rule asks for no amounts'),
});

// https://docs.stripe.com/api/payment_methods/create, https://docs.stripe.com/api/payment_intents/create
const TYPES = inputValues('payment_method_types', 'payment_method_data.type', 'payment_methods.type');

for (const [path, params, expected] of [
  [
    '/v1/payment_intents',
    { payment_method_types: ['card', 'sepa_debit'] },
    ['PaymentMethodTypes[0] card', 'PaymentMethodTypes[1] sepa_debit'],
  ],
  ['/v1/payment_intents', { payment_method_types: { 0: 'card' } }, ['PaymentMethodTypes.0 card']],
  ['/v1/payment_intents', { payment_method_types: 'card' }, ['PaymentMethodTypes card']],
  [
    '/v1/payment_intents',
    { payment_method_types: [7, { a: true }] },
    ['PaymentMethodTypes[0] 7', 'PaymentMethodTypes[1].a true'],
  ],
  ['/v1/payment_intents', { payment_method_types: '' }, []],
  [
    '/v1/payment_intents',
    { payment_method_data: { type: 'card', card: { type: 'x' } } },
    ['PaymentMethodData.type card'],
  ],
  [
    '/v1/subscriptions',
    { items: [{ payment_settings: { payment_method_types: ['card'] } }] },
    ['Items[0].payment_settings.payment_method_types[0] card'],
  ],
  ['/v1/payment_methods', { type: 'card' }, ['Type card']],
  ['/v1/payment_methods/pm_1', { type: 'card' }, []],
  ['/v1/customers', { type: 'card', other_payment_method_types: ['x'] }, []],
  ['/v1/customers', { metadata: { payment_method_types: 'x', payment_method_data: { type: 'x' } } }, []],
] as const)
  test(`${path} ${JSON.stringify(params)} names ${JSON.stringify(expected)}`, () =>
    assert.deepEqual(
      [...TYPES(write(path, params))].map(({ field, value }) => `${field} ${value}`),
      expected,
    ));

test('a list allows its values only; the message has the field, the value, the setting and the list', () => {
  const violation = allowsOnly(TYPES);
  const of = (types: readonly string[]): string | undefined =>
    violation(['card', 'link'], write('/v1/payment_intents', { payment_method_types: types }), 'allowed_types');
  assert.equal(of(['card', 'link']), undefined);
  assert.equal(of(['card', 'p24']), 'PaymentMethodTypes[1]: p24 is not among allowed_types (card, link)');
  assert.equal(of(['Card']), 'PaymentMethodTypes[0]: Card is not among allowed_types (card, link)');
});

test('every text of a request may be an id, except in metadata', () => {
  const params = { customer: 'cus_1', amount: 5, items: ['a'], transfers: { acct_1: 'x' }, metadata: { id: 'cus_2' } };
  assert.deepEqual(
    [...idsOf({ path: '/v1/customers/cus%5F3', params })].map(({ field, value }) => `${field}: ${value}`),
    [
      ...['', 'v1', 'customers', 'cus_3'].map((segment) => `the id in the path: ${segment}`),
      ...['Customer: customer', 'Customer: cus_1', 'Amount: amount', 'Items: items', 'Items[0]: ', 'Items[0]: a'],
      ...['Transfers: transfers', 'Transfers.acct_1: acct_1', 'Transfers.acct_1: x', 'Metadata: metadata'],
    ],
  );
});

const POLICY = { ...ALLOW_ALL, table: () => CATALOG.policyTable() };

test('a rule sees a request whose inputs are all known, and no read', () => {
  const policy = { ...POLICY, allowedCurrencies: ['usd'] };
  const send =
    (params: Params, method: StripeRequest['method'] = 'POST') =>
    (): void =>
      enforcePolicy(policy, { method, path: '/v1/customers', params });
  assert.deepEqual(reasonAndFields(thrownBy(send({ currancy: 'eur', currency: 'eur' }))), [
    'INVALID_INPUT',
    'Currancy',
  ]);
  assert.equal(thrownBy(send({ currency: 'eur' })).message, 'Currency: eur is not among allowed_currencies (usd)');
  // An empty value unsets an input. https://docs.stripe.com/api/customers/update
  send({ currency: ['usd', ''] })();
  send({ currency: 'eur' }, 'GET')();
});
