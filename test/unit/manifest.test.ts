/** functions/manifest.json is checked: a restriction that is not understood would expose more than its author meant. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import { parseManifest } from '../../infra/bundles/manifest-schema.mjs';

const readCatalog = (file: string): unknown => JSON.parse(readFileSync(`shared/catalog/${file}`, 'utf8'));

function parse(row: object): unknown {
  return parseManifest(
    JSON.stringify({ functions: [...manifest.functions, { name: 'support', ...row }] }),
    readCatalog,
  );
}

const REFUNDS = { restricts: 'create-entity', entities: ['Refund'] };
const PAYMENT = { PaymentIntent: { required: true } };

/** An entry that restricts a function, and what its error says. */
const REJECTED: readonly (readonly [row: object, message: RegExp])[] = [
  [{ ...REFUNDS, inputs: { Amount: { required: true, maxmum: 2000 } } }, /inputs.Amount: .*maxmum.*required, maximum$/],
  [{ restricts: 'create-entity', entites: ['Refund'] }, /entites.*allowed are name, restricts, entities/],
  [{ ...REFUNDS, input: PAYMENT }, /"input"; allowed are name/],
  [{ restricts: 'create-entity' }, /support: needs entities/],
  [{ ...REFUNDS, entities: [] }, /support: entities: /],
  [{ ...REFUNDS, restricts: 'create-entty' }, /restricts create-entty; use list-entities, .*execute-action$/],
  [{ ...REFUNDS, restricts: 'customer-list' }, /restricts customer-list; use list-entities/],
  [{ ...REFUNDS, restricts: 'connection' }, /restricts connection; use list-entities/],
  [{ ...REFUNDS, restricts: 'confirm-payment-intent' }, /restricts confirm-payment-intent; use list-entities/],
  [{ ...REFUNDS, entities: ['Refnd'] }, /entities: Refnd is not in shared/],
  [{ ...REFUNDS, restricts: 'delete-entity' }, /entities: Refund has no Delete/],
  [{ ...REFUNDS, actions: ['CancelQuote'] }, /has actions, which create-entity does not have; use entities/],
  [{ restricts: 'execute-action', actions: ['CancelQote'] }, /actions: CancelQote is not in shared/],
  [{ restricts: 'execute-action', entities: ['Quote'] }, /needs actions/],
  [
    { ...REFUNDS, inputs: { PaymentIntnt: {} } },
    /PaymentIntnt is no input of Refund; its inputs are Amount, .*PaymentIntent/,
  ],
  [
    { ...REFUNDS, inputs: { Reason: { required: true, maximum: 3 } } },
    /maximum is for integers; Reason is not an integer/,
  ],
  [{ ...REFUNDS, inputs: { ...PAYMENT, Amount: { maximum: 5000 } } }, /Amount: maximum needs "required": true/],
  [{ ...REFUNDS, inputs: { Amount: { required: true, maximum: '5000' } } }, /inputs.Amount.maximum: /],
  [{ ...REFUNDS, inputs: { Amount: { required: true, maximum: 0.5 } } }, /inputs.Amount.maximum: /],
  [{ ...REFUNDS, name: 'get-entity' }, /get-entity: is the name of two entries/],
  [{ ...REFUNDS, name: 'Support' }, /name: must have lower-case letters/],
  [{ restrict: 'create-entity', entities: ['Refund'] }, /support: needs restricts/],
];

for (const [row, message] of REJECTED)
  test(`rejects ${JSON.stringify(row)}`, () => assert.throws(() => parse(row), { message }));

test('accepts restrictions of entities and of actions', () => {
  parse({ ...REFUNDS, inputs: { ...PAYMENT, Amount: { required: true, maximum: 5000 } } });
  parse({
    restricts: 'execute-action',
    actions: ['CapturePaymentIntent'],
    inputs: { PaymentIntentId: { required: true }, AmountToCapture: { required: true, maximum: 5000 } },
  });
});
