import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { toActionRow } from '../../shared/operations/rows/action-row.ts';
import { flatten } from '../../shared/operations/rows/flatten.ts';
import { withLegacyFields } from '../../shared/operations/rows/legacy-fields.ts';

const catalog = catalogFiles(path.resolve('shared/catalog'));

const flat: [sentence: string, tree: Record<string, unknown>, row: Record<string, string | null>][] = [
  ['scalars are text', { a: 1, b: true, c: 'x', d: null }, { a: '1', b: 'true', c: 'x', d: null }],
  ['nested objects are joined with dots', { a: { b: { c: 1 } } }, { 'a.b.c': '1' }],
  ['an empty array is null', { a: [] }, { a: null }],
  ['an empty object is null', { a: {} }, { a: null }],
  ['another array is its JSON text', { a: [1, { b: 2 }] }, { a: '[1,{"b":2}]' }],
  ['a key with a dot is written in brackets', { metadata: { 'a.b': 'x' } }, { 'metadata["a.b"]': 'x' }],
  ['a dotted key and a nested one do not meet', { m: { 'a.b': 1, a: { b: 2 } } }, { 'm["a.b"]': '1', 'm.a.b': '2' }],
];
for (const [sentence, tree, row] of flat) test(sentence, () => assert.deepEqual(flatten(tree), row));

test('a required key is null if it is missing, and JSON text if it was flattened', () => {
  assert.deepEqual(flatten({ a: { b: 1 } }, ['a', 'z']), { 'a.b': '1', a: '{"b":1}', z: null });
});

test('__proto__ is a key like any other', () => {
  const row = flatten({ metadata: JSON.parse('{"__proto__":"x"}') as object });
  assert.equal(row['metadata.__proto__'], 'x');
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
});

const paid = { object: 'invoice', status: 'paid', amount_due: 500 };
const older: [sentence: string, invoice: Record<string, unknown>, keys: Record<string, unknown>][] = [
  [
    'an invoice with nothing due is paid and not out of band',
    { ...paid, amount_due: 0 },
    { paid: true, paid_out_of_band: false, payment_intent: null, charge: null },
  ],
  [
    'an open invoice is not paid',
    { ...paid, status: 'open' },
    { paid: false, paid_out_of_band: false, payment_intent: null, charge: null },
  ],
  [
    'a payment tells the payment intent and its charge',
    {
      ...paid,
      payments: {
        data: [
          {
            status: 'paid',
            payment: { type: 'payment_intent', payment_intent: { id: 'pi_1', latest_charge: 'ch_1' } },
          },
        ],
      },
    },
    { paid: true, paid_out_of_band: false, payment_intent: 'pi_1', charge: 'ch_1' },
  ],
  [
    'what was paid off Stripe was paid out of band',
    { ...paid, amount_paid_off_stripe: 500 },
    { paid: true, paid_out_of_band: true, payment_intent: null, charge: null },
  ],
  [
    'where the answer cannot tell, it is null',
    paid,
    { paid: true, paid_out_of_band: null, payment_intent: null, charge: null },
  ],
  [
    'what Stripe sent is never touched',
    { ...paid, paid: false, charge: 'ch_9' },
    { paid: false, paid_out_of_band: null, payment_intent: null, charge: 'ch_9' },
  ],
];
for (const [sentence, invoice, keys] of older) {
  test(sentence, () => {
    const told = withLegacyFields(invoice);
    assert.deepEqual(Object.fromEntries(Object.keys(keys).map((key) => [key, told[key]])), keys);
  });
}

const accepts: [sentence: string, quote: Record<string, unknown>, row: object][] = [
  [
    'an accepted quote names its invoice',
    { object: 'quote', invoice: 'in_1', subscription: null },
    { Success: 'true', InvoiceId: 'in_1' },
  ],
  [
    'an expanded invoice is its id',
    { object: 'quote', invoice: { id: 'in_1' } },
    { Success: 'true', InvoiceId: 'in_1' },
  ],
  [
    'a subscription with a null invoice',
    { object: 'quote', invoice: null, subscription: 'sub_1' },
    { Success: 'true', InvoiceId: null, SubscriptionId: 'sub_1' },
  ],
  [
    'a schedule with a null invoice',
    { object: 'quote', invoice: null, subscription_schedule: 'sub_sched_1' },
    { Success: 'true', InvoiceId: null, SubscriptionScheduleId: 'sub_sched_1' },
  ],
];
for (const [sentence, quote, row] of accepts) {
  test(sentence, () => assert.deepEqual(toActionRow(catalog.action('AcceptQuote')!, quote), row));
}

test('Success comes first', () => {
  assert.equal(
    Object.keys(toActionRow(catalog.action('CancelPaymentIntent')!, { object: 'payment_intent', id: 'pi_1' }))[0],
    'Success',
  );
});
