/** The types of the typed client for restricted functions: only the inputs that the function accepts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import type { FunctionInputs, FunctionRow } from '../../shared/catalog/function-rows.ts';
import { generateClient } from '../../shared/schema/client/generate.ts';
import { Discovery } from '../../shared/schema/discovery.ts';
import { CATALOG } from '../support/connector-deps.ts';

const RUNTIME = readFileSync('shared/schema/client/runtime.ts', 'utf8');

/** Returns the text of a member of an interface of the client, without comments. */
function member(rows: readonly FunctionRow[], interfaceName: string, name: string): string {
  const selection = { entities: ['Refund', 'Card', 'Customer'], actions: ['CapturePaymentIntent', 'PayInvoice'] };
  const functions = [...manifest.functions, ...rows];
  const text = generateClient(new Discovery(CATALOG), { ...selection, functions }, RUNTIME);
  const [, members = ''] = new RegExp(`^export interface ${interfaceName} \\{\\n([^]*?)\\n^\\}`, 'm').exec(
    text.slice(text.indexOf('const OWN_FUNCTIONS')),
  ) ?? [assert.fail(interfaceName)];
  const lines = members.split('\n').filter((line) => !/^\s*\/\*\*/.test(line));
  const start = lines.findIndex((line) => line === `  ${name}: {`);
  assert.ok(start >= 0, members);
  const end = lines.findIndex((line, at) => at > start && line === '  };');
  return lines
    .slice(start + 1, end)
    .map((line) => line.trim())
    .join(' ');
}

const input = (rows: readonly FunctionRow[], name: string): string => member(rows, 'Functions', JSON.stringify(name));

test('a function with inputs has these inputs only, and its required inputs are required', () => {
  assert.equal(
    input([], 'create-small-refund'),
    'operation: "Create"; inputs: { "Refund": { Amount: number; PaymentIntent: string; Reason?: Reason; }; };',
  );
});

test('a function without inputs has those of the entity', () => {
  assert.equal(
    input([], 'customer-update'),
    'operation: "Update"; inputs: { "Customer": Entities["Customer"]["update"]; };',
  );
  assert.equal(input([], 'customer-list'), 'operation: "List"; inputs: { "Customer": never; };');
});

test('a required input is never null, and only the path of Stripe that has it remains', () => {
  const rows = [
    {
      name: 'rename-customer',
      restricts: 'update-entity',
      entities: ['Customer'],
      inputs: { Name: { required: true } },
    },
    {
      name: 'customer-card',
      restricts: 'create-entity',
      entities: ['Card'],
      inputs: { Customer: { required: true }, Source: { required: true } },
    },
  ];
  assert.equal(input(rows, 'rename-customer'), 'operation: "Update"; inputs: { "Customer": { Name: string; }; };');
  assert.equal(
    input(rows, 'customer-card'),
    'operation: "Create"; inputs: { "Card": { Source: string; Customer: string; }; };',
  );
});

test('an action that only a restricted function exposes has the inputs of that function', () => {
  const row = (action: string, inputs: FunctionInputs): FunctionRow => ({
    name: `restricted-${action}`,
    restricts: 'execute-action',
    actions: [action],
    inputs,
  });
  const rows = [
    row('PayInvoice', { InvoiceId: { required: true }, PaidOutOfBand: { required: true } }),
    row('CapturePaymentIntent', { PaymentIntentId: { required: true } }),
  ];
  assert.match(member(rows, 'Actions', 'PayInvoice'), /^input: \{ InvoiceId: string; PaidOutOfBand: boolean; \};/);
  // The client calls `capture-payment-intent`, which accepts every input of the action.
  assert.match(member(rows, 'Actions', 'CapturePaymentIntent'), /AmountToCapture\?: number/);
});
